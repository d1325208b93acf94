package dev.stretto.cli.parked;

import dev.stretto.message.Message;
import dev.stretto.outbox.admin.ParkedMessage;
import dev.stretto.outbox.admin.StoredMessage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Parked messages for programs. */
final class ParkedJson {

  private ParkedJson() {}

  static void write(ParkedMessage message, JsonGenerator json) {
    json.writeStringProperty("channel", message.channel());
    json.writeStringProperty("messageId", message.messageId());
    json.writeNumberProperty("position", message.position());
    json.writeStringProperty("key", message.orderingKey());
    json.writeNumberProperty("attempts", message.attempts());
    json.writeStringProperty("lastError", message.lastError());
    json.writeStringProperty("parkedAt", text(message.parkedAt()));
  }

  static void write(StoredMessage stored, JsonGenerator json) {
    Message message = stored.message();
    json.writeStringProperty("channel", message.channel());
    json.writeStringProperty("messageId", message.messageId());
    json.writeNumberProperty("position", message.position());
    json.writeStringProperty("key", message.orderingKey());
    json.writeStringProperty("status", stored.status().name());
    json.writeNumberProperty("attempts", message.attempts());
    json.writeStringProperty("lastError", stored.lastError());
    json.writeStringProperty("createdAt", stored.createdAt().toString());
    json.writeStringProperty("startedAt", text(stored.startedAt()));
    json.writeStringProperty("parkedAt", text(stored.settledAt()));
    json.writeStringProperty("contentType", message.contentType());
    json.writeObjectPropertyStart("headers");
    message.headers().forEach(json::writeStringProperty);
    json.writeEndObject();
    json.writeStringProperty("payload", message.payload());
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
