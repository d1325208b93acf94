package dev.stretto.batch;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.dao.DataAccessException;

/**
 * When an execution began and ended. Spring Batch keeps local times without their time zone, that
 * of the process that ran, and some databases convert them to the reader's. So the instants are
 * noted in the execution context.
 */
final class RunTimes {

  private static final Logger LOG = LoggerFactory.getLogger(RunTimes.class);

  private static final String BEGAN = "stretto.began";
  private static final String ENDED = "stretto.ended";

  private RunTimes() {}

  /** Notes that the execution begins; one that is carried on by it ended at some other time. */
  static void noteBegin(JobExecution execution, Instant now, JobRepository repository) {
    ExecutionContext context = execution.getExecutionContext();
    context.putLong(BEGAN, now.toEpochMilli());
    context.remove(ENDED);
    repository.updateExecutionContext(execution);
  }

  /** Notes that the execution's end was recorded; where the database is gone, it stays unnoted. */
  static void noteEnd(JobExecution execution, Instant now, JobRepository repository) {
    execution.getExecutionContext().putLong(ENDED, now.toEpochMilli());
    try {
      repository.updateExecutionContext(execution);
    } catch (DataAccessException e) {
      LOG.debug("The instant at which a run ended was not noted", e);
    }
  }

  /** When the execution began, or null where it has not. */
  static @Nullable Instant began(JobExecution execution) {
    return instant(execution, BEGAN, execution.getStartTime());
  }

  /** When the execution ended, or null while it has not. */
  static @Nullable Instant ended(JobExecution execution) {
    return instant(execution, ENDED, execution.getEndTime());
  }

  private static @Nullable Instant instant(
      JobExecution execution, String noted, @Nullable LocalDateTime time) {
    ExecutionContext context = execution.getExecutionContext();
    if (time == null) {
      return null;
    }
    return context.containsKey(noted)
        ? Instant.ofEpochMilli(context.getLong(noted))
        : time.atZone(ZoneId.systemDefault()).toInstant();
  }
}
