package dev.stretto.job;

import dev.stretto.dispatch.Flight;
import dev.stretto.dispatch.Stop;
import dev.stretto.outbox.Message;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.item.ChunkOrientedStep;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.core.task.AsyncTaskExecutor;

/**
 * A chunk-oriented step whose calls overlap across chunks. The reader's null ends only the chunk:
 * the step goes on for as long as rows appear while calls are under way, and then drains.
 *
 * <p>The step's own transactions hold nothing: claims and settlements have short ones of their own,
 * so nothing that another database session could feel is held across a call.
 */
final class OverlappingStep extends ChunkOrientedStep<Message, Future<Flight>> {

  /** The most messages between two updates of the job repository: a second's at full speed. */
  private static final int CHUNK = 10_000;

  private final ChannelRun run;
  private final JobRepository repository;

  OverlappingStep(String name, ChannelRun run, JobRepository repository) {
    // The futures are recorded as they are done, whatever their chunk; at a chunk's edge there is
    // nothing to write.
    super(name, CHUNK, new PacedReader(run.backlog(), run.nanos()), chunk -> {}, repository);
    this.run = run;
    this.repository = repository;
    setItemProcessor(run.processor());
    // With an executor the step processes each item as it is read, and not the whole chunk once it
    // has read that; this one does so on the step's own thread, which fixes the order.
    AsyncTaskExecutor asItIsRead = Runnable::run;
    setTaskExecutor(asItIsRead);
    registerItemStream(run);
    setAllowStartIfComplete(true);
    setInterruptionPolicy(OverlappingStep::stopWhereInterrupted);
  }

  private static void stopWhereInterrupted(StepExecution execution) {
    if (Thread.interrupted()) {
      execution.setTerminateOnly();
    }
  }

  @Override
  protected void open(ExecutionContext context) throws Exception {
    try {
      super.open(context);
    } catch (Exception e) {
      run.failed(e);
      throw e;
    }
  }

  @Override
  protected void doExecute(StepExecution execution) throws Exception {
    try {
      overlap(execution);
    } catch (Exception e) {
      run.failed(e);
      throw e;
    }
  }

  private void overlap(StepExecution execution) throws Exception {
    do {
      // Opening again is what makes a chunk-oriented step read on after a null.
      open(execution.getExecutionContext());
      super.doExecute(execution);
    } while (!execution.isTerminateOnly() && run.backlog().awaitMore());
    if (execution.isTerminateOnly()) {
      run.stop("the job was asked to stop");
    }
    run.finish();
    run.update(execution.getExecutionContext());
    repository.updateExecutionContext(execution);
    conclude(execution, run.stopped());
  }

  private static void conclude(StepExecution execution, @Nullable Stop stop) {
    if (stop == null) {
      return;
    }
    switch (stop.reason()) {
      case TIME_UP -> {}
      case ASKED, UNAVAILABLE -> execution.setTerminateOnly();
      case REFUSED, SWITCHED_OFF, HELD, FAILED, LEASE_LOST, DATABASE_UNAVAILABLE, BROKEN ->
          throw new IllegalStateException(stop.text());
    }
  }
}
