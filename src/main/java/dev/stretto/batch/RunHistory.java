package dev.stretto.batch;

import dev.stretto.batch.step.RunCounts;
import dev.stretto.lease.Leases;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** The job's executions: lists them, and asks one that runs to stop. */
public final class RunHistory {

  /**
   * The job repository lists executions by their instances only, and with restarts that is not
   * their order in time. Names of tables are in upper case, for databases in which it matters.
   */
  private static final String LATEST =
      """
      select e.job_execution_id
        from BATCH_JOB_EXECUTION e
        join BATCH_JOB_INSTANCE i on i.job_instance_id = e.job_instance_id
       where i.job_name = 'dispatch'
       order by e.job_execution_id desc
       limit ?
      """;

  private static final String LATEST_OF_CHANNEL =
      """
      select e.job_execution_id
        from BATCH_JOB_EXECUTION e
        join BATCH_JOB_INSTANCE i on i.job_instance_id = e.job_instance_id
        join BATCH_JOB_EXECUTION_PARAMS p on p.job_execution_id = e.job_execution_id
       where i.job_name = 'dispatch' and p.parameter_name = 'channel' and p.parameter_value = ?
       order by e.job_execution_id desc
       limit ?
      """;

  /** Few, so that a channel on which none has succeeded for long costs no more than others. */
  private static final String LAST_COMPLETED =
      """
      select max(e.job_execution_id)
        from (select run from outbox_run where channel = ?
               order by channel desc, fence desc fetch first 100 rows only) latest
        join BATCH_JOB_EXECUTION e on e.job_execution_id = latest.run
       where e.status = 'COMPLETED'
      """;

  private final JobRepository repository;
  private final JdbcTemplate jdbc;
  private final Leases leases;

  public RunHistory(JobRepository repository, JdbcTemplate jdbc, Leases leases) {
    this.repository = repository;
    this.jdbc = jdbc;
    this.leases = leases;
  }

  /**
   * The latest runs, newest first. Some queries for each, so that a thousand take seconds.
   *
   * @param channel only those on this channel, or null for all
   * @param limit the most to return, 1 or more
   * @throws SQLException where the leases' database fails
   */
  public List<RunSummary> latest(@Nullable String channel, int limit) throws SQLException {
    Map<String, Long> holders = leases.holders();
    List<Long> ids =
        channel == null
            ? jdbc.query(LATEST, (row, number) -> row.getLong(1), limit)
            : jdbc.query(LATEST_OF_CHANNEL, (row, number) -> row.getLong(1), channel, limit);
    List<RunSummary> runs = new ArrayList<>();
    for (long id : ids) {
      RunSummary run = summary(id, holders);
      if (run != null) {
        runs.add(run);
      }
    }
    return runs;
  }

  /**
   * The last runs of a channel.
   *
   * @param last the one that had the channel last, or null where none had it, or it is not on
   *     record
   * @param completed the last of its last hundred that did all it was to do, or null
   */
  public record LastRuns(@Nullable RunSummary last, @Nullable RunSummary completed) {}

  /**
   * The last runs of channels. Some queries for each channel.
   *
   * @param runs by the channel's name, the run that had it last
   * @throws SQLException where the leases' database fails
   */
  public Map<String, LastRuns> last(Map<String, Long> runs) throws SQLException {
    Map<String, Long> holders = runs.isEmpty() ? Map.of() : leases.holders();
    Map<String, LastRuns> found = new HashMap<>();
    runs.forEach((channel, run) -> found.put(channel, lastRuns(channel, run, holders)));
    return found;
  }

  private LastRuns lastRuns(String channel, long run, Map<String, Long> holders) {
    RunSummary last = summary(run, holders);
    if (last != null && last.status().equals(BatchStatus.COMPLETED.name())) {
      return new LastRuns(last, last);
    }
    Long completed = jdbc.queryForObject(LAST_COMPLETED, Long.class, channel);
    return new LastRuns(last, completed == null ? null : summary(completed, holders));
  }

  private @Nullable RunSummary summary(long run, Map<String, Long> holders) {
    JobExecution execution = execution(run);
    return execution == null ? null : summary(execution, holders);
  }

  /**
   * The run of that number; null where there is none, or the repository has forgotten it.
   *
   * @throws SQLException where the leases' database fails
   */
  public @Nullable RunSummary find(long run) throws SQLException {
    return summary(run, leases.holders());
  }

  /**
   * Asks a run, in whatever process it is, to start nothing more, finish what is under way and end;
   * returns at once. The run sees that within half a second.
   *
   * @return the run
   * @throws NotRunningException where there is no such run, or it does not run
   * @throws SQLException where the leases' database fails
   */
  public RunSummary stop(long run) throws SQLException {
    JobExecution execution = execution(run);
    if (execution == null) {
      throw new NotRunningException("there is no run " + run + "; runs shows them");
    }
    RunSummary found = summary(execution, leases.holders());
    boolean asked =
        execution.getStatus().isRunning()
            && !found.status().equals(RunSummary.DEAD)
            && leases.askToStop(found.channel(), run);
    if (!asked) {
      throw new NotRunningException("run " + run + " is not running: " + why(found));
    }
    return found;
  }

  private @Nullable JobExecution execution(long run) {
    try {
      JobExecution execution = repository.getJobExecution(run);
      return execution != null && execution.getJobInstance().getJobName().equals(DispatchJob.NAME)
          ? execution
          : null;
    } catch (EmptyResultDataAccessException e) {
      return null;
    }
  }

  private static String why(RunSummary run) {
    if (run.status().equals(RunSummary.DEAD)) {
      return "it died, and the next dispatch of " + run.channel() + " carries on";
    }
    return run.ended() == null
        ? "it is only just " + run.status().toLowerCase(Locale.ROOT)
        : "it ended as " + run.status() + " at " + run.ended();
  }

  private static RunSummary summary(JobExecution execution, Map<String, Long> holders) {
    String channel = DispatchParameters.channel(execution.getJobParameters());
    ExecutionContext noted =
        execution.getStepExecutions().stream()
            .findFirst()
            .map(StepExecution::getExecutionContext)
            .orElseGet(ExecutionContext::new);
    return new RunSummary(
        execution.getId(),
        execution.getJobInstance().getId(),
        channel,
        dead(execution, holders.get(channel)) ? RunSummary.DEAD : execution.getStatus().name(),
        execution.getExitStatus().getExitCode(),
        RunTimes.began(execution),
        RunTimes.ended(execution),
        noted.getLong(RunCounts.DELIVERED, 0),
        noted.getLong(RunCounts.PARKED, 0),
        noted.getLong(RunCounts.RETRIED, 0),
        noted.getInt(RunCounts.RESENT, 0));
  }

  /**
   * Whether an execution that looks as if it ran does not hold its channel. One that is starting
   * has taken the lease and not yet noted itself there.
   *
   * @param holder the run noted under the channel's lease, or null where nobody holds it
   */
  private static boolean dead(JobExecution execution, @Nullable Long holder) {
    BatchStatus status = execution.getStatus();
    if (!status.isRunning()) {
      return false;
    }
    return holder == null || (status != BatchStatus.STARTING && holder != execution.getId());
  }
}
