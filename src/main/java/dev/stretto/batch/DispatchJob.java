package dev.stretto.batch;

import dev.stretto.dispatch.Clocks;
import dev.stretto.metrics.Telemetry;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.job.SimpleJob;
import org.springframework.batch.core.listener.JobExecutionListener;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.AbstractStep;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepExecution;

/**
 * The job {@code dispatch}: one channel, one step. Any launcher runs it that gives it the parameter
 * {@code channel} and, to tell one instance from the next, any other that identifies; those of
 * {@link DispatchParameters} may be added.
 *
 * <p>Every execution gets a step of its own, and holds the channel's lease from before its step
 * begins until after its end is recorded.
 */
public final class DispatchJob implements Job {

  static final String NAME = "dispatch";

  private final Body body;
  private final JobRepository repository;
  private final Clocks clocks;
  private final Supplier<Telemetry> telemetry;

  /**
   * @param body what an execution does
   * @param telemetry asked as an execution begins
   */
  DispatchJob(Body body, JobRepository repository, Clocks clocks, Supplier<Telemetry> telemetry) {
    this.telemetry = telemetry;
    this.body = body;
    this.repository = repository;
    this.clocks = clocks;
  }

  /** What an execution does, with what it needs at hand. */
  interface Body {

    /** Has {@code steps} run the one step that there is to run. Blocks until it has ended. */
    void execute(JobExecution execution, StepRunner steps) throws JobInterruptedException;
  }

  /** Runs a step as the execution's only one, so that the job ends as the step does. */
  interface StepRunner {
    void run(Step step) throws JobInterruptedException;
  }

  @Override
  public String getName() {
    return NAME;
  }

  @Override
  public void execute(JobExecution execution) throws JobInterruptedException {
    RunTimes.noteBegin(execution, clocks.clock().instant(), repository);
    try {
      body.execute(execution, step -> run(step, execution));
    } finally {
      RunTimes.noteEnd(execution, clocks.clock().instant(), repository);
    }
  }

  private void run(Step step, JobExecution execution) throws JobInterruptedException {
    SimpleJob job = new SimpleJob(NAME);
    job.setJobRepository(repository);
    ObservationRegistry observations = telemetry.get().observations();
    if (observations != null) {
      job.setObservationRegistry(observations);
      if (step instanceof AbstractStep observed) {
        observed.setObservationRegistry(observations);
      }
    }
    job.setSteps(List.of(step));
    job.registerJobExecutionListener(new EndsAsItsStep());
    job.execute(execution);
  }

  /** Spring Batch's own job forgets why its step was stopped. */
  private static final class EndsAsItsStep implements JobExecutionListener {

    @Override
    public void afterJob(JobExecution execution) {
      execution.getStepExecutions().stream()
          .filter(step -> execution.getStatus() == BatchStatus.STOPPED)
          .map(StepExecution::getExitStatus)
          .forEach(execution::setExitStatus);
    }
  }
}
