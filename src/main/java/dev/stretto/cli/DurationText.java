package dev.stretto.cli;

import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;

/** Times as people write them: {@code 500ms}, {@code 50s}, {@code 5m}, {@code 2h}, {@code 30d}. */
final class DurationText {

  private DurationText() {}

  /**
   * Reads a time of more than 0.
   *
   * @throws CommandException where it is none; the message names the option
   */
  static Duration parse(String option, String text) {
    Duration time;
    try {
      time = DurationStyle.SIMPLE.parse(text);
    } catch (RuntimeException e) {
      throw new CommandException(
          ExitCode.USAGE, option + ": must be a time such as 500ms, 50s or 5m, not " + text);
    }
    if (!time.isPositive() || !text.matches(".*[a-z]")) {
      throw new CommandException(
          ExitCode.USAGE,
          option + ": must be a time of more than 0 with its unit, such as 50s, not " + text);
    }
    return time;
  }
}
