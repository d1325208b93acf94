package dev.stretto.cli.dispatch;

import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;

/** When runs begin, one after the other; a time that comes while one is under way is left out. */
final class Schedule {

  private static final int FIELDS_WITHOUT_SECONDS = 5;

  private final @Nullable CronExpression cron;
  private final Duration interval;

  private Schedule(@Nullable CronExpression cron, Duration interval) {
    this.cron = cron;
    this.interval = interval;
  }

  /** At once, and then at multiples of that time after the first. */
  static Schedule every(Duration interval) {
    return new Schedule(null, interval);
  }

  /**
   * At the times of an expression with five fields, as in a crontab, or six of which the first is
   * the second.
   *
   * @throws InvalidSettingException where it can't be meant
   */
  static Schedule cron(String text) {
    String written = text.strip();
    boolean minutes =
        !written.startsWith("@") && written.split("\\s+").length == FIELDS_WITHOUT_SECONDS;
    try {
      return new Schedule(CronExpression.parse(minutes ? "0 " + written : written), Duration.ZERO);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(
          "--cron", "must be a cron expression, such as '*/5 * * * *': " + e.getMessage());
    }
  }

  /**
   * How long to wait until the next run.
   *
   * @param begin when the first one could begin
   * @param last when the one before began; null where there was none
   * @param now not before the others, in the time zone of the process
   * @throws InvalidSettingException where there is no next time
   */
  Duration untilNext(ZonedDateTime begin, @Nullable ZonedDateTime last, ZonedDateTime now) {
    if (cron != null) {
      ZonedDateTime next = cron.next(now);
      if (next == null) {
        throw new InvalidSettingException("--cron", "names no time that is still to come");
      }
      return Duration.between(now, next);
    }
    if (last == null) {
      return Duration.ZERO;
    }
    Duration since = Duration.between(begin, now);
    return interval.multipliedBy(since.dividedBy(interval) + 1).minus(since);
  }
}
