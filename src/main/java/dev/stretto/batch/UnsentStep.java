package dev.stretto.batch;

import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.AbstractStep;
import org.springframework.batch.core.step.StepExecution;

/**
 * The step of an execution that sends nothing, where a launcher has made the execution before
 * anybody could know: says why in its exit status.
 */
final class UnsentStep extends AbstractStep {

  private final ExitStatus status;
  private final boolean stopped;

  /**
   * @param stopped whether the execution is to be tried again, rather than complete
   */
  UnsentStep(JobRepository repository, ExitStatus status, boolean stopped) {
    super(repository);
    setName(DispatchJob.NAME);
    setAllowStartIfComplete(true);
    this.status = status;
    this.stopped = stopped;
  }

  @Override
  protected void doExecute(StepExecution execution) {
    execution.setExitStatus(status);
    if (stopped) {
      execution.setTerminateOnly();
    }
  }
}
