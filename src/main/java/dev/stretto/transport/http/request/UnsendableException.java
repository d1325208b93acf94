package dev.stretto.transport.http.request;

import dev.stretto.transport.InvalidSettingException;
import java.io.Serial;

/** No request can be made of a message; the text is one line and says why, without its values. */
public final class UnsendableException extends Exception {

  @Serial private static final long serialVersionUID = 1;

  private final String property;
  private final String problem;

  /**
   * @param property the template's, such as {@code http.request.path}
   */
  public UnsendableException(String property, String problem) {
    super(property + ": " + problem, null, false, false);
    this.property = property;
    this.problem = problem;
  }

  /** The same where no message can be sent. */
  public InvalidSettingException asSetting() {
    return new InvalidSettingException(property, problem);
  }

  /** Why, for people, with the template's name. */
  public String reason() {
    return property + ": " + problem;
  }
}
