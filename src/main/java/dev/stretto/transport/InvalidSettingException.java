package dev.stretto.transport;

/**
 * A setting is missing or unusable. The message is one line that names the property and the remedy.
 */
public final class InvalidSettingException extends RuntimeException {

  /**
   * @param property the property's full or relative name, such as {@code http.url}
   * @param problem what is wrong with it and what to do
   */
  public InvalidSettingException(String property, String problem) {
    super(property + ": " + problem);
  }
}
