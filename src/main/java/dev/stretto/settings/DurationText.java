package dev.stretto.settings;

import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;

/** Times as people write them: {@code 500ms}, {@code 50s}, {@code 5m}, {@code 2h}, {@code 30d}. */
public final class DurationText {

  private DurationText() {}

  /**
   * Reads a time of more than 0.
   *
   * @param option what the text was given to, such as {@code --for}
   * @throws InvalidSettingException where it is none; the message names the option
   */
  public static Duration parse(String option, String text) {
    Duration time;
    try {
      time = DurationStyle.SIMPLE.parse(text);
    } catch (RuntimeException e) {
      throw new InvalidSettingException(
          option, "must be a time such as 500ms, 50s or 5m, not " + text);
    }
    if (!time.isPositive() || !text.matches(".*[a-z]")) {
      throw new InvalidSettingException(
          option, "must be a time of more than 0 with its unit, such as 50s, not " + text);
    }
    return time;
  }
}
