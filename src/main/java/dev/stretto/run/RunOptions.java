package dev.stretto.run;

import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one run does otherwise than its channel's configuration says.
 *
 * @param limit the most messages to start, 1 or more; null for all
 * @param time how long to start messages, more than 0; null for as long as it takes
 * @param window overrides the channel's, 1 or more; null for the channel's
 * @param rate overrides the channel's, such as {@code 20/s}; null for the channel's
 * @param ordering overrides the channel's: {@code start}, {@code key} or {@code strict}; null for
 *     the channel's
 */
public record RunOptions(
    @Nullable Long limit,
    @Nullable Duration time,
    @Nullable Integer window,
    @Nullable String rate,
    @Nullable String ordering) {

  /** Nothing otherwise. */
  public static final RunOptions NONE = new RunOptions(null, null, null, null, null);

  /** The same with another time. */
  public RunOptions within(@Nullable Duration otherTime) {
    return new RunOptions(limit, otherTime, window, rate, ordering);
  }

  public RunOptions {
    if (limit != null && limit < 1) {
      throw new InvalidSettingException("--limit", "must be 1 or more, not " + limit);
    }
  }
}
