package dev.stretto.transport;

/**
 * A setting is missing or unusable. The message is one line that names the property and the remedy.
 */
public final class InvalidSettingException extends RuntimeException {

  private final String property;
  private final String problem;

  /**
   * @param property the property's full or relative name, such as {@code http.url}
   * @param problem what is wrong with it and what to do
   */
  public InvalidSettingException(String property, String problem) {
    super(property + ": " + problem);
    this.property = property;
    this.problem = problem;
  }

  /** The property's full or relative name, or the option's that stands for it. */
  public String property() {
    return property;
  }

  /** What is wrong with it and what to do. */
  public String problem() {
    return problem;
  }

  /**
   * The same with the property's full name, where it was relative to a prefix such as {@code a.b.}.
   */
  public InvalidSettingException below(String prefix) {
    return property.startsWith(prefix)
        ? this
        : new InvalidSettingException(prefix + property, problem);
  }
}
