package dev.stretto.batch;

import dev.stretto.run.RunOptions;
import dev.stretto.settings.DurationText;
import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.job.parameters.JobParameter;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;

/**
 * The parameters of the job: the channel, the options, what tells one launch from the next, and the
 * lease that it was made under. Options do not identify the job instance, so that a restart may
 * have others.
 */
final class DispatchParameters {

  static final String CHANNEL = "channel";
  static final String LAUNCH = "launch";
  private static final String FENCE = "stretto.fence";
  private static final String LIMIT = "limit";
  private static final String TIME = "for";
  private static final String WINDOW = "window";
  private static final String RATE = "rate";
  private static final String ORDERING = "ordering";

  private DispatchParameters() {}

  /** The channel that a job's parameters name; empty if none. */
  static String channel(JobParameters parameters) {
    String channel = text(parameters, CHANNEL);
    return channel == null ? "" : channel;
  }

  /**
   * Reads the options from a job's parameters, whatever their types, in the forms of the command
   * line's options.
   *
   * @throws InvalidSettingException where one can't be read; the message names its option
   */
  static RunOptions options(JobParameters parameters) {
    String time = text(parameters, TIME);
    Long window = number(parameters, WINDOW, Integer.MAX_VALUE);
    return new RunOptions(
        number(parameters, LIMIT, Long.MAX_VALUE),
        time == null ? null : DurationText.parse("--" + TIME, time),
        window == null ? null : window.intValue(),
        text(parameters, RATE),
        text(parameters, ORDERING));
  }

  /** The same of an execution that is made while its launch holds the lease with this fence. */
  static JobParameters under(long fence, JobParameters parameters) {
    return new JobParametersBuilder(parameters).addLong(FENCE, fence, false).toJobParameters();
  }

  /**
   * The fence of the lease that was held as an execution was made; null where it was made without
   * one. An execution that restarts another by Spring Batch's own means has the parameters of that.
   */
  static @Nullable Long fence(JobParameters parameters) {
    JobParameter<?> fence = parameters.getParameter(FENCE);
    return fence != null && fence.value() instanceof Long number ? number : null;
  }

  private static @Nullable String text(JobParameters parameters, String name) {
    JobParameter<?> parameter = parameters.getParameter(name);
    return parameter == null ? null : String.valueOf(parameter.value());
  }

  private static @Nullable Long number(JobParameters parameters, String name, long most) {
    String text = text(parameters, name);
    if (text == null) {
      return null;
    }
    try {
      long number = Long.parseLong(text);
      if (number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new InvalidSettingException("--" + name, "must be a whole number, not " + text);
    }
    throw new InvalidSettingException("--" + name, "must be at most " + most + ", not " + text);
  }

  /**
   * The parameters of a run.
   *
   * @param channel the channel's name
   * @param launch what tells this job instance from the channel's others
   */
  static JobParameters of(String channel, String launch, RunOptions options) {
    Long limit = options.limit();
    Duration time = options.time();
    Integer window = options.window();
    String rate = options.rate();
    String ordering = options.ordering();
    JobParametersBuilder parameters =
        new JobParametersBuilder().addString(CHANNEL, channel).addString(LAUNCH, launch);
    if (limit != null) {
      parameters.addLong(LIMIT, limit, false);
    }
    if (time != null) {
      parameters.addString(TIME, time.toMillis() + "ms", false);
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
