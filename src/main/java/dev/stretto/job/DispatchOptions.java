package dev.stretto.job;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;

/**
 * What one run does otherwise than its channel's configuration says. They become job parameters
 * that do not identify the job instance, so that a restart may have others.
 *
 * @param limit the most messages to start, 1 or more; null for all
 * @param time how long to start messages, more than 0; null for as long as it takes
 * @param window overrides the channel's, 1 or more; null for the channel's
 * @param rate overrides the channel's, such as {@code 20/s}; null for the channel's
 * @param ordering overrides the channel's: {@code start}, {@code key} or {@code strict}; null for
 *     the channel's
 */
public record DispatchOptions(
    @Nullable Long limit,
    @Nullable Duration time,
    @Nullable Integer window,
    @Nullable String rate,
    @Nullable String ordering) {

  /** Nothing otherwise. */
  public static final DispatchOptions NONE = new DispatchOptions(null, null, null, null, null);

  static final String CHANNEL = "channel";
  static final String LAUNCH = "launch";
  private static final String LIMIT = "limit";
  private static final String TIME = "for";
  private static final String WINDOW = "window";
  private static final String RATE = "rate";
  private static final String ORDERING = "ordering";

  /** The channel that a job's parameters name; empty if none. */
  static String channel(JobParameters parameters) {
    return Objects.requireNonNullElse(parameters.getString(CHANNEL), "");
  }

  /** Reads them back from a job's parameters. */
  static DispatchOptions of(JobParameters parameters) {
    String time = parameters.getString(TIME);
    Long window = parameters.getLong(WINDOW);
    return new DispatchOptions(
        parameters.getLong(LIMIT),
        time == null ? null : Duration.parse(time),
        window == null ? null : Math.toIntExact(window),
        parameters.getString(RATE),
        parameters.getString(ORDERING));
  }

  /**
   * The parameters of a run.
   *
   * @param channel the channel's name
   * @param launch what tells this job instance from the channel's others
   */
  JobParameters parameters(String channel, String launch) {
    JobParametersBuilder parameters =
        new JobParametersBuilder().addString(CHANNEL, channel).addString(LAUNCH, launch);
    if (limit != null) {
      parameters.addLong(LIMIT, limit, false);
    }
    if (time != null) {
      parameters.addString(TIME, time.toString(), false);
    }
    if (window != null) {
      parameters.addLong(WINDOW, window.longValue(), false);
    }
    if (rate != null) {
      parameters.addString(RATE, rate, false);
    }
    if (ordering != null) {
      parameters.addString(ORDERING, ordering, false);
    }
    return parameters.toJobParameters();
  }
}
