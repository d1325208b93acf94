package dev.stretto.kafka;

import kafka.Kafka;
import kafka.tools.StorageTool;

/** Readies a broker's folder where that is new, and runs the broker until it is ended. */
final class KafkaBrokerMain {

  private KafkaBrokerMain() {}

  public static void main(String[] arguments) {
    String[] format = {
      "format",
      "--ignore-formatted",
      "--cluster-id",
      "c3RyZXR0by10ZXN0cy0wMQ",
      "--config",
      arguments[0]
    };
    if (StorageTool.execute(format, System.err) == 0) {
      Kafka.main(arguments);
    }
  }
}
