package dev.stretto.cli.parked;

import dev.stretto.message.Message;
import dev.stretto.outbox.admin.ParkedMessage;
import dev.stretto.outbox.admin.StoredMessage;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parked messages for programs. */
final class ParkedJson {

  private ParkedJson() {}

  private record Listed(
      String channel,
      String messageId,
      long position,
      @Nullable String key,
      int attempts,
      @Nullable String lastError,
      @Nullable Instant parkedAt) {}

  private record Shown(
      String channel,
      String messageId,
      long position,
      @Nullable String key,
      String status,
      int attempts,
      @Nullable String lastError,
      Instant createdAt,
      @Nullable Instant startedAt,
      @Nullable Instant parkedAt,
      String contentType,
      Map<String, String> headers,
      @Nullable String payload) {}

  static Record of(ParkedMessage message) {
    return new Listed(
        message.channel(),
        message.messageId(),
        message.position(),
        message.orderingKey(),
        message.attempts(),
        message.lastError(),
        message.parkedAt());
  }

  static Record of(StoredMessage stored) {
    Message message = stored.message();
    return new Shown(
        message.channel(),
        message.messageId(),
        message.position(),
        message.orderingKey(),
        stored.status().name(),
        message.attempts(),
        stored.lastError(),
        stored.createdAt(),
        stored.startedAt(),
        stored.settledAt(),
        message.contentType(),
        message.headers(),
        message.payload());
  }
}
