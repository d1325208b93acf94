package dev.stretto.transport.kafka;

import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.Transport;
import dev.stretto.transport.TransportSettings;
import dev.stretto.transport.TransportType;
import java.util.Map;

/** Sends messages to a topic of Kafka's. */
public final class KafkaTransportType implements TransportType {

  @Override
  public String name() {
    return "kafka";
  }

  /** A partition has one order; which messages share one, and how many there are, can't be seen. */
  @Override
  public ArrivalOrder arrivalOrder(TransportSettings settings) {
    return ArrivalOrder.UNKNOWN;
  }

  @Override
  public Transport open(String channel, TransportSettings settings, int window) {
    KafkaSettings kafka = settings.bind(KafkaSettings.class);
    kafka.check();
    Map<String, Object> properties = ProducerProperties.of(channel, kafka);
    return new KafkaTransport(channel, kafka, window, new Producers(properties));
  }
}
