package dev.stretto.transport.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * The producer that a channel's calls go through now, made with the first of them. Of several
 * threads only one may call {@link #get} and {@link #drop}.
 */
final class Producers implements AutoCloseable {

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final Map<String, Object> properties;

  /** Guarded by this. */
  private @Nullable Producer<byte[], byte[]> current;

  /** Guarded by this. */
  private boolean closed;

  Producers(Map<String, Object> properties) {
    this.properties = properties;
  }

  /**
   * The producer; makes one where there is none, which looks the brokers' names up.
   *
   * @throws org.apache.kafka.common.KafkaException where it can't be made
   */
  Producer<byte[], byte[]> get() {
    synchronized (this) {
      if (current != null) {
        return current;
      }
    }
    Producer<byte[], byte[]> made = new KafkaProducer<>(properties);
    synchronized (this) {
      if (!closed) {
        current = made;
        return made;
      }
    }
    end(made);
    throw new IllegalStateException("the run is over");
  }

  /** Has the next call make another one; whatever this one has not yet sent is given up. */
  void drop() {
    Producer<byte[], byte[]> dropped;
    synchronized (this) {
      dropped = current;
      current = null;
    }
    if (dropped != null) {
      end(dropped);
    }
  }

  /** Ends the connections, within some seconds. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    drop();
  }

  /** The client's thread may be looking a name up, which nothing ends. */
  private static void end(Producer<byte[], byte[]> producer) {
    Thread ending =
        Thread.ofVirtual().name("kafka-close").start(() -> producer.close(Duration.ZERO));
    try {
      var _ = ending.join(CLOSE_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
