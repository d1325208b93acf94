package dev.stretto.transport.http.answer;

import dev.stretto.transport.InvalidSettingException;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * What a header of an answer must be like.
 *
 * @param name in any case
 */
record WantedHeader(String name, WantedText text) {

  /**
   * Checks what is written.
   *
   * @throws InvalidSettingException naming what can't be meant
   */
  static @Nullable WantedHeader of(String property, AnswerRule.@Nullable Header written) {
    if (written == null) {
      return null;
    }
    return new WantedHeader(
        name(property + ".name", written.name()),
        WantedText.of(property, written.is(), written.contains(), written.present()));
  }

  /** A header's name, as far as that can be checked. */
  static String name(String property, @Nullable String written) {
    if (written == null || written.isBlank() || written.strip().contains(" ")) {
      throw new InvalidSettingException(property, "must be a header's name, such as Retry-After");
    }
    return written.strip();
  }

  /** Whether one of the header's values is as wanted. */
  boolean fits(HttpFields headers) {
    List<String> values = headers.getValuesList(name);
    return values.isEmpty() ? text.fits(null) : values.stream().anyMatch(text::fits);
  }
}
