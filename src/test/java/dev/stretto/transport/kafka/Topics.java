package dev.stretto.transport.kafka;

import dev.stretto.kafka.KafkaBroker;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Transport;

/** Opens the way to topics. */
final class Topics {

  static final int WINDOW = 64;

  private Topics() {}

  static Transport open(KafkaBroker broker, String topic, String... settings) {
    return open(
        MapSettings.of("kafka", "topic", topic, "bootstrap-servers", broker.address()), settings);
  }

  static Transport open(MapSettings all, String... settings) {
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return new KafkaTransportType().open("space", all, WINDOW);
  }
}
