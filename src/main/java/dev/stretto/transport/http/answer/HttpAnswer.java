package dev.stretto.transport.http.answer;

import dev.stretto.transport.http.json.JsonText;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;

/**
 * An answer, as far as it has come.
 *
 * @param status the final status
 * @param body its beginning
 */
record HttpAnswer(int status, HttpFields headers, AnswerBody body) {

  /** Whether HTTP has no body for such an answer, so that nothing is missing where it is empty. */
  private boolean withoutBody() {
    return status == 204 || status == 205;
  }

  /**
   * The value at a place of the body; null where there is none.
   *
   * @throws JsonText.UnreadableException where the body can't tell
   */
  JsonText.@Nullable Value at(JsonPointer place) throws JsonText.UnreadableException {
    return withoutBody() ? null : body.json().at(place);
  }
}
