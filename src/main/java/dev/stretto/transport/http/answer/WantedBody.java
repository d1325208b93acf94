package dev.stretto.transport.http.answer;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.http.json.JsonText;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;

/**
 * What an answer's body must be like.
 *
 * @param at the place of the value; null for all of the text, without blanks around it
 */
record WantedBody(@Nullable JsonPointer at, WantedText text) {

  /**
   * Checks what is written.
   *
   * @throws InvalidSettingException naming what can't be meant
   */
  static @Nullable WantedBody of(String property, AnswerRule.@Nullable Body written) {
    if (written == null) {
      return null;
    }
    WantedText text = WantedText.of(property, written.is(), written.contains(), written.present());
    String at = written.at();
    if (at != null) {
      return new WantedBody(JsonText.pointer(property + ".at", at), text);
    }
    if (text.is().isEmpty() && text.contains().isEmpty()) {
      throw new InvalidSettingException(
          property, "says nothing; give at, is or contains, such as at: /ok");
    }
    return new WantedBody(null, text);
  }

  Fit fits(HttpAnswer answer) {
    if (at != null) {
      return fitsAt(at, answer);
    }
    AnswerBody body = answer.body();
    return body.whole()
        ? Fit.of(text.fits(body.text().strip()))
        : text.fitsBeginning(body.text().stripLeading());
  }

  private Fit fitsAt(JsonPointer place, HttpAnswer answer) {
    try {
      JsonText.Value value = answer.at(place);
      return Fit.of(text.fits(value == null ? null : value.characters()));
    } catch (JsonText.UnreadableException e) {
      return Fit.UNTOLD;
    }
  }
}
