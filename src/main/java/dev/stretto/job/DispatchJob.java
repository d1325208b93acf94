package dev.stretto.job;

import dev.stretto.dispatch.Times;
import dev.stretto.lease.ChannelHeldException;
import dev.stretto.ledger.Ledgers;
import java.sql.SQLException;
import java.util.List;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.job.SimpleJob;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepExecution;

/**
 * The job {@code dispatch}: one channel, one step. Any launcher runs it that gives it the
 * parameters {@code channel} and, to tell one instance from the next, {@code launch}; those of
 * {@link DispatchOptions} may be added.
 *
 * <p>Every execution gets a reader, a processor and threads of its own, and holds the channel's
 * lease from before its step begins until after its end is recorded.
 */
public final class DispatchJob implements Job {

  static final String NAME = "dispatch";

  private final Launches launches;
  private final Ledgers ledgers;
  private final JobRepository repository;
  private final Times times;

  public DispatchJob(Launches launches, Ledgers ledgers, JobRepository repository, Times times) {
    this.launches = launches;
    this.ledgers = ledgers;
    this.repository = repository;
    this.times = times;
  }

  @Override
  public String getName() {
    return NAME;
  }

  @Override
  public void execute(JobExecution execution) throws JobInterruptedException {
    RunTimes.noteBegin(execution, times.clock().instant(), repository);
    try {
      run(execution);
    } finally {
      RunTimes.noteEnd(execution, times.clock().instant(), repository);
    }
  }

  private void run(JobExecution execution) throws JobInterruptedException {
    if (Launch.CURRENT.isBound()) {
      executeWith(Launch.CURRENT.get(), execution);
      return;
    }
    JobParameters parameters = execution.getJobParameters();
    try (OpenChannel channel =
            launches.open(DispatchOptions.channel(parameters), DispatchOptions.of(parameters));
        Launch launch = launches.prepare(channel, run -> {})) {
      executeWith(launch, execution);
    } catch (ChannelHeldException | SQLException | RuntimeException e) {
      jobOf(new FailingStep(e)).execute(execution);
    }
  }

  private void executeWith(Launch launch, JobExecution execution) throws JobInterruptedException {
    Step step;
    try {
      launches.noteRun(launch, execution.getId());
      ChannelRun run =
          new ChannelRun(ledgers, launch, DispatchOptions.of(execution.getJobParameters()), times);
      launch.running(run);
      step = new OverlappingStep(NAME, run, repository);
    } catch (SQLException e) {
      step = new FailingStep(e);
    }
    jobOf(step).execute(execution);
  }

  private SimpleJob jobOf(Step step) {
    SimpleJob job = new SimpleJob(NAME);
    job.setJobRepository(repository);
    job.setSteps(List.of(step));
    return job;
  }

  /** Has an execution that can't begin end as failed, the way Spring Batch records it. */
  private record FailingStep(Exception cause) implements Step {

    @Override
    public String getName() {
      return NAME;
    }

    @Override
    public void execute(StepExecution execution) {
      throw new IllegalStateException(DatabaseStop.line(cause), cause);
    }
  }
}
