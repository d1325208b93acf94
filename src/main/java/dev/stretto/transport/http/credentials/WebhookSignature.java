package dev.stretto.transport.http.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import dev.stretto.transport.InvalidSettingException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** Signs each attempt, over its id, its time and its body (Standard Webhooks 1.0.0). */
final class WebhookSignature {

  static final String PROPERTY = "http.signature";
  static final List<String> HEADERS =
      List.of("webhook-id", "webhook-timestamp", "webhook-signature");

  private final List<WebhookKey> keys;

  /**
   * @throws InvalidSettingException naming the secret that is missing or can't be one
   */
  WebhookSignature(SignatureSettings settings) {
    List<String> secrets = settings.secrets();
    if (secrets.isEmpty()) {
      throw new InvalidSettingException(
          PROPERTY + ".secrets", "is required; give the receiver's secret, whsec_…, or several");
    }
    this.keys =
        IntStream.range(0, secrets.size())
            .mapToObj(i -> WebhookKey.of(PROPERTY + ".secrets[" + i + "]", secrets.get(i)))
            .toList();
  }

  /**
   * Why a message of that id can't be signed, or null where it can: its parts are joined by full
   * stops.
   */
  static @Nullable String problem(String id) {
    boolean plain = id.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '.');
    return plain ? null : "the message id can't be signed: it has a '.', a blank or no ASCII";
  }

  void sign(HttpFields.Mutable headers, String id, Instant time, byte[] body) {
    String timestamp = Long.toString(time.getEpochSecond());
    byte[] head = (id + "." + timestamp + ".").getBytes(UTF_8);
    byte[] content = ByteBuffer.allocate(head.length + body.length).put(head).put(body).array();
    headers.put(HEADERS.get(0), id);
    headers.put(HEADERS.get(1), timestamp);
    headers.put(
        HEADERS.get(2), keys.stream().map(key -> key.signature(content)).collect(joining(" ")));
  }
}
