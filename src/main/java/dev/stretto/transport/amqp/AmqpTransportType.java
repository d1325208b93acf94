package dev.stretto.transport.amqp;

import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.Transport;
import dev.stretto.transport.TransportSettings;
import dev.stretto.transport.TransportType;

/** Sends messages to an exchange, with publisher confirms. */
public final class AmqpTransportType implements TransportType {

  @Override
  public String name() {
    return "amqp";
  }

  /** One channel of one connection, whose messages a broker takes in order. */
  @Override
  public ArrivalOrder arrivalOrder(TransportSettings settings) {
    return ArrivalOrder.KEPT;
  }

  @Override
  public Transport open(String channel, TransportSettings settings, int window) {
    AmqpSettings amqp = settings.bind(AmqpSettings.class);
    amqp.check();
    return new AmqpTransport(channel, amqp, window, new AmqpLinks(amqp, channel));
  }
}
