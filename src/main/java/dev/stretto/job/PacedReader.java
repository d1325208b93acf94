package dev.stretto.job;

import dev.stretto.outbox.Message;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ItemReader;

/**
 * Ends a chunk once it is a second old or holds much, so that the job repository is told often
 * enough for people and not so often that it costs anything, and memory does not grow with the
 * payloads. What is left is read in the next chunk.
 */
final class PacedReader implements ItemReader<Message> {

  private static final Duration CHUNK = Duration.ofSeconds(1);

  /** Of a chunk's payloads. */
  private static final long CHARACTERS = 1024 * 1024;

  private final ItemReader<Message> reader;
  private final LongSupplier nanos;
  private boolean begun;
  private long began;
  private long characters;

  PacedReader(ItemReader<Message> reader, LongSupplier nanos) {
    this.reader = reader;
    this.nanos = nanos;
  }

  /** The next message; null at a chunk's end, whether or not there is more. */
  @Override
  public @Nullable Message read() throws Exception {
    Message message = over() ? null : reader.read();
    if (message == null) {
      begun = false;
      return null;
    }
    if (!begun) {
      begun = true;
      began = nanos.getAsLong();
      characters = 0;
    }
    characters += message.payload().length();
    return message;
  }

  private boolean over() {
    return begun && (characters > CHARACTERS || nanos.getAsLong() - began > CHUNK.toNanos());
  }
}
