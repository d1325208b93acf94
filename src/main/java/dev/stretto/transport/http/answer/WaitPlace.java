package dev.stretto.transport.http.answer;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.http.answer.AnswerRule.Unit;
import dev.stretto.transport.http.json.JsonText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;

/**
 * Where an answer says how long to wait: in a header or at a place of its body.
 *
 * @param unit what a number there means
 */
record WaitPlace(@Nullable String header, @Nullable JsonPointer body, Unit unit) {

  /**
   * Checks what is written.
   *
   * @throws InvalidSettingException naming what can't be meant
   */
  static @Nullable WaitPlace of(String property, AnswerRule.@Nullable Wait written) {
    if (written == null) {
      return null;
    }
    String header = written.header();
    String body = written.body();
    if ((header == null) == (body == null)) {
      throw new InvalidSettingException(
          property, "must say where the wait stands: give either header or body");
    }
    return new WaitPlace(
        header == null ? null : WantedHeader.name(property + ".header", header),
        body == null ? null : JsonText.pointer(property + ".body", body),
        written.unit());
  }

  /** How long the answer asks to wait; null where it does not say so there. */
  @Nullable Duration in(HttpAnswer answer, RetryAfter retryAfter) {
    String said = said(answer);
    return said == null ? null : retryAfter.at(said, unit);
  }

  private @Nullable String said(HttpAnswer answer) {
    if (header != null) {
      return answer.headers().get(header);
    }
    try {
      JsonText.Value value = body == null ? null : answer.at(body);
      return value == null ? null : value.characters();
    } catch (JsonText.UnreadableException e) {
      return null;
    }
  }
}
