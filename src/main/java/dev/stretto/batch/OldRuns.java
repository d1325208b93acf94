package dev.stretto.batch;

import dev.stretto.outbox.RunTable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The job's executions that ended long ago: removes them from the job repository, and from {@code
 * outbox_run}. Those that somebody may still need stay: what runs, the last of each channel, and
 * what was cut short while it had a channel, unless its job was carried on.
 *
 * <p>Needs no lease: nobody comes back to those that go. Two may remove at the same time.
 */
public final class OldRuns {

  /** Executions of one look. */
  private static final int PAGE = 100;

  /**
   * In the order in which they were made, whatever their channels. No join, so that H2 as well goes
   * along the primary key and no further than it must.
   */
  static final String NEEDLESS =
      """
      select e.job_execution_id
        from BATCH_JOB_EXECUTION e
       where e.job_execution_id > ?
         and e.status not in ('STARTING', 'STARTED', 'STOPPING', 'UNKNOWN')
         and exists (
           select 1 from BATCH_JOB_INSTANCE i
            where i.job_instance_id = e.job_instance_id and i.job_name = 'dispatch')
         and (e.status in ('COMPLETED', 'ABANDONED')
              or exists (
                select 1 from BATCH_JOB_EXECUTION l
                 where l.job_instance_id = e.job_instance_id
                   and l.job_execution_id > e.job_execution_id
                   and l.status not in ('STARTING', 'STARTED', 'STOPPING'))
              or not exists (select 1 from outbox_run r where r.run = e.job_execution_id))
      """;

  private static final String OF_CHANNEL =
      """
         and exists (
           select 1 from BATCH_JOB_EXECUTION_PARAMS p
            where p.job_execution_id = e.job_execution_id
              and p.parameter_name = 'channel' and p.parameter_value = ?)
      """;

  static final String FIRST =
      """
       order by e.job_execution_id
       limit ?
      """;

  private static final String LAST_OF_CHANNELS =
      "select run from channel_lease where run is not null";

  /** The repository looks in a transaction of its own, which does not see what was removed. */
  private static final String ANY_OF_INSTANCE =
      "select 1 from BATCH_JOB_EXECUTION where job_instance_id = ? limit 1";

  private final JobRepository repository;
  private final RunTable runs;
  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final InstantSource clock;

  OldRuns(
      JobRepository repository,
      JdbcTemplate jdbc,
      TransactionTemplate transaction,
      InstantSource clock) {
    this.repository = repository;
    this.runs = new RunTable(jdbc);
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
  }

  /**
   * Removes the oldest of them, each in a transaction of its own. Where there is nothing to do it
   * reads a page of executions, and one of them.
   *
   * @param channel only those on this channel, or null for all
   * @param age how long ago they ended at the least
   * @param most how many to remove at the most, 1 or more
   * @return how many there were
   */
  public long remove(@Nullable String channel, Duration age, long most) {
    Instant before = clock.instant().minus(age);
    Set<Long> last = new HashSet<>(jdbc.query(LAST_OF_CHANNELS, (row, number) -> row.getLong(1)));
    long removed = 0;
    long after = 0;
    while (true) {
      List<Long> page = needless(channel, after);
      for (long run : page) {
        JobExecution execution = last.contains(run) ? null : execution(run);
        if (execution != null) {
          Instant began = RunTimes.began(execution);
          if (removed == most || (began != null && !began.isBefore(before))) {
            return removed;
          }
          Instant ended = RunTimes.ended(execution);
          removed += ended != null && ended.isBefore(before) && remove(execution) ? 1 : 0;
        }
      }
      if (page.size() < PAGE) {
        return removed;
      }
      after = page.getLast();
    }
  }

  private List<Long> needless(@Nullable String channel, long after) {
    List<Object> parameters = new ArrayList<>();
    parameters.add(after);
    if (channel != null) {
      parameters.add(channel);
    }
    parameters.add(PAGE);
    return jdbc.query(
        NEEDLESS + (channel == null ? "" : OF_CHANNEL) + FIRST,
        (row, number) -> row.getLong(1),
        parameters.toArray());
  }

  private @Nullable JobExecution execution(long run) {
    try {
      return repository.getJobExecution(run);
    } catch (EmptyResultDataAccessException e) {
      return null;
    }
  }

  /** Whether nobody else was quicker. */
  private boolean remove(JobExecution execution) {
    JobInstance instance = execution.getJobInstance();
    try {
      transaction.executeWithoutResult(status -> {
        runs.forget(execution.getId());
        repository.deleteJobExecution(execution);
        if (jdbc.queryForList(ANY_OF_INSTANCE, Integer.class, instance.getId()).isEmpty()) {
          repository.deleteJobInstance(instance);
        }
      });
      return true;
    } catch (OptimisticLockingFailureException e) {
      return false;
    }
  }
}
