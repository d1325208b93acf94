package dev.stretto.settings;

import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;

/** Times as people write them: {@code 500ms}, {@code 50s}, {@code 5m}, {@code 2h}, {@code 30d}. */
public final class DurationText {

  /** A century: what is counted in nanoseconds overflows after three. */
  static final Duration LONGEST = Duration.ofDays(36_500);

  private DurationText() {}

  /**
   * Reads a time of more than 0, up to 36,500 days.
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
    if (time.compareTo(LONGEST) > 0) {
      throw new InvalidSettingException(
          option, "must be " + LONGEST.toDays() + "d or less, not " + text);
    }
    return time;
  }
}
