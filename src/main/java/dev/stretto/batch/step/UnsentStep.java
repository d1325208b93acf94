package dev.stretto.batch.step;

import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.AbstractStep;
import org.springframework.batch.core.step.StepExecution;

/**
 * The step of an execution that some other launcher made before it was known that there is nothing
 * to send. Its exit status says why.
 */
public final class UnsentStep extends AbstractStep {

  private final ExitStatus status;
  private final boolean stopped;

  /**
   * @param stopped whether the execution is to be tried again, rather than complete
   */
  public UnsentStep(String name, JobRepository repository, ExitStatus status, boolean stopped) {
    super(repository);
    setName(name);
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
