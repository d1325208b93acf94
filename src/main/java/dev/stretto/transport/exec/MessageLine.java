package dev.stretto.transport.exec;

import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The line that a program reads: one JSON object in UTF-8, and a line feed, of which there is no
 * other in it. The payload is a string whatever it holds, so that its bytes come out as they were
 * appended.
 */
final class MessageLine {

  private static final JsonFactory JSON = new JsonFactory();
  private static final int BESIDE_THE_PAYLOAD = 512;

  private MessageLine() {}

  /** The call's line, with its line feed. */
  static byte[] of(Call call) {
    Message message = call.message();
    ByteArrayOutputStream line =
        new ByteArrayOutputStream(message.payload().length() + BESIDE_THE_PAYLOAD);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
      json.writeStartObject();
      json.writeStringProperty("id", message.messageId());
      json.writeStringProperty("channel", message.channel());
      json.writeNumberProperty("position", message.position());
      json.writeNumberProperty("attempt", call.attempt());
      json.writeNumberProperty("fence", call.fence());
      json.writeStringProperty("key", message.orderingKey());
      json.writeStringProperty("contentType", message.contentType());
      json.writeObjectPropertyStart("headers");
      for (Map.Entry<String, String> header : message.headers().entrySet()) {
        json.writeStringProperty(header.getKey(), header.getValue());
      }
      json.writeEndObject();
      json.writeStringProperty("payload", message.payload());
      json.writeEndObject();
    }
    line.write('\n');
    return line.toByteArray();
  }
}
