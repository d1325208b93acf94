package dev.stretto.settings;

import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A rate as people write it: {@code 20/s}, {@code 100/m} or {@code 1000/h}.
 *
 * @param starts how many starts {@code per} allows, 1 or more
 * @param per a second, a minute or an hour
 */
record RateText(int starts, Duration per) {

  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,8})/([smh])");

  static RateText parse(String property, String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new InvalidSettingException(
          property,
          "must be a number of starts a second, minute or hour, such as 20/s, 100/m, 1000/h");
    }
    Duration per =
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(1);
          case "m" -> Duration.ofMinutes(1);
          default -> Duration.ofHours(1);
        };
    return new RateText(Integer.parseInt(matcher.group(1)), per);
  }

  /** The time from one start to the next; more than 0. */
  Duration interval() {
    Duration interval = per.dividedBy(starts);
    return interval.isZero() ? Duration.ofNanos(1) : interval;
  }

  /**
   * The starts of a second: what may start at once after a pause unless the settings say otherwise;
   * 1 or more.
   */
  int aSecond() {
    return (int) Math.max(1, starts / per.toSeconds());
  }
}
