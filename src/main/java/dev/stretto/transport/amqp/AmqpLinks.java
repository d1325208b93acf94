package dev.stretto.transport.amqp;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.SocketConfigurator;
import com.rabbitmq.client.SocketConfigurators;
import dev.stretto.transport.InvalidSettingException;
import java.io.IOException;
import java.net.Socket;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The connection that a channel's calls go through now, made with the first of them. Of several
 * threads only one may call {@link #get}.
 */
final class AmqpLinks implements AutoCloseable {

  private final ConnectionFactory factory;
  private final AmqpSettings settings;
  private final String name;

  /** That of the connection that is being made; touched by who makes it only. */
  private @Nullable Socket socket;

  /** Guarded by this. */
  private @Nullable AmqpLink current;

  /** Guarded by this. */
  private boolean closed;

  /**
   * @param channel the channel's name, which the broker shows for the connection
   */
  AmqpLinks(AmqpSettings settings, String channel) {
    this.settings = settings;
    this.name = "stretto " + channel;
    this.factory = factory(settings, made -> socket = made);
  }

  private static ConnectionFactory factory(AmqpSettings settings, SocketConfigurator note) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setSocketConfigurator(SocketConfigurators.defaultConfigurator().andThen(note));
    try {
      factory.setUri(settings.address());
      if (settings.secure()) {
        // What the url brings along trusts anybody.
        factory.useSslProtocol(SSLContext.getDefault());
        factory.enableHostnameVerification();
      }
    } catch (GeneralSecurityException | URISyntaxException | IllegalArgumentException e) {
      throw new InvalidSettingException(
          "amqp.url", "can't be used; write amqp://USER:PASSWORD@HOST:PORT/VHOST");
    }
    int patience = millis(settings.connectTimeout());
    factory.setConnectionTimeout(patience);
    factory.setHandshakeTimeout(patience);
    factory.setChannelRpcTimeout(patience);
    factory.setShutdownTimeout(patience);
    // What was under way is decided elsewhere; a connection that comes back by itself would not
    // ask.
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    return factory;
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(Math.max(1, duration.toMillis()));
  }

  /** The connection that takes messages, or null where there is none. */
  synchronized @Nullable AmqpLink current() {
    return current != null && current.isOpen() ? current : null;
  }

  /**
   * The connection; makes one where there is none.
   *
   * @throws IOException where it can't be made
   * @throws TimeoutException where that takes too long
   */
  AmqpLink get() throws IOException, TimeoutException {
    AmqpLink open = current();
    if (open != null) {
      return open;
    }
    // Its channel may have ended alone; all that was on it is over.
    drop();
    Connection connection = factory.newConnection(name);
    AmqpLink made;
    try {
      made = new AmqpLink(connection, Objects.requireNonNull(socket), settings.exchange());
    } catch (IOException | RuntimeException e) {
      connection.abort(0);
      throw e;
    }
    synchronized (this) {
      if (!closed) {
        current = made;
        return made;
      }
    }
    made.close();
    throw new IOException("the run is over");
  }

  /** Has the next call make another one. */
  void drop() {
    AmqpLink dropped;
    synchronized (this) {
      dropped = current;
      current = null;
    }
    if (dropped != null) {
      dropped.close();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    drop();
  }
}
