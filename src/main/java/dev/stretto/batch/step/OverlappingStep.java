package dev.stretto.batch.step;

import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.dispatch.Task;
import dev.stretto.message.Message;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.Recorder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.AbstractStep;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemReader;
import org.springframework.batch.integration.async.AsyncItemProcessor;
import org.springframework.batch.integration.async.AsyncItemWriter;
import org.springframework.core.task.VirtualThreadTaskExecutor;

/**
 * The step: a reader reads messages in order, an {@link AsyncItemProcessor} turns each into the
 * future of its outcome, and an {@link AsyncItemWriter} unwraps the futures that are done and has
 * what they hold recorded.
 *
 * <p>A stock chunk-oriented step writes a chunk's futures, and so waits for all of them, before it
 * reads the next chunk: calls would overlap within a chunk only, and wait for its slowest. So the
 * loop is this class's own: the step's thread reads and lines up, which fixes the order of starts,
 * while the recorder's thread writes whatever is done by then.
 *
 * <p>No transaction is open across a call: claims and settlements have short ones of their own.
 */
public final class OverlappingStep extends AbstractStep {

  /** The most futures unwrapped at once, which bounds a commit. */
  private static final int MOST = 2000;

  private final ChannelRun run;
  private final ItemReader<Message> reader;
  private final AsyncItemProcessor<Task, Task> processor =
      new AsyncItemProcessor<>(this::awaitOver);
  private final AsyncItemWriter<Task> writer;
  private final ProgressTimes times;

  /** In the order they were lined up in; what is written is taken out. */
  private final ConcurrentLinkedQueue<Future<Task>> futures = new ConcurrentLinkedQueue<>();

  /** How many of the futures are done. */
  private final AtomicInteger done = new AtomicInteger();

  /** How many of those that were written held nothing to record. */
  private final AtomicLong filtered = new AtomicLong();

  private long read;

  /** What the job repository was told last. */
  private long toldOf = -1;

  /**
   * @param steps how many run in this process, this one among them
   */
  public OverlappingStep(String name, ChannelRun run, JobRepository repository, IntSupplier steps) {
    super(repository);
    setName(name);
    setAllowStartIfComplete(true);
    this.run = run;
    this.reader = run.backlog()::read;
    this.times = new ProgressTimes(run.nanos(), steps);
    this.writer = new AsyncItemWriter<>(tasks -> run.record(List.copyOf(tasks.getItems())));
    VirtualThreadTaskExecutor threads = new VirtualThreadTaskExecutor("outcome-");
    processor.setTaskExecutor(task ->
        threads.execute(() -> {
          task.run();
          done.incrementAndGet();
          run.wakeRecorder();
        }));
  }

  @Override
  protected void open(ExecutionContext context) throws Exception {
    stoppingRun(() ->
        run.open(
            new Recorder.Ended() {
              @Override
              public void handOver() {
                write();
              }

              @Override
              public boolean none() {
                return futures.isEmpty();
              }
            }));
  }

  @Override
  protected void doExecute(StepExecution execution) throws Exception {
    Runnable meanwhile = () -> tellProgress(execution);
    stoppingRun(() -> {
      do {
        readOn(meanwhile);
      } while (run.backlog().awaitMore(meanwhile));
      run.finish(meanwhile);
    });
    note(execution);
    conclude(execution, run.stopped());
  }

  @Override
  protected void close(ExecutionContext context) {
    run.close();
  }

  /** Reads and lines up what is visible now. Blocks while there is no room in line. */
  private void readOn(Runnable meanwhile) throws Exception {
    for (Message message = reader.read(); message != null; message = reader.read()) {
      read++;
      while (!run.awaitRoom(message, ProgressTimes.SHORTEST)) {
        meanwhile.run();
      }
      Future<Task> future = Objects.requireNonNull(processor.process(run.lineUp(message)));
      futures.add(future);
      if (future.isDone()) {
        // The recorder, woken as it was done, may have looked before it was added.
        run.wakeRecorder();
      }
      meanwhile.run();
    }
  }

  /** On a thread of the message's own. Null where there is nothing to record. */
  private @Nullable Task awaitOver(Task task) throws InterruptedException {
    try {
      return task.awaitOver();
    } finally {
      run.over(task);
    }
  }

  /** On the recorder's thread. */
  private void write() {
    try {
      writer.write(new Chunk<>(takeDone()));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Future<Task>> takeDone() {
    int most = Math.min(done.get(), MOST);
    List<Future<Task>> taken = new ArrayList<>(most);
    for (Iterator<Future<Task>> all = futures.iterator(); taken.size() < most && all.hasNext(); ) {
      Future<Task> future = all.next();
      if (future.isDone()) {
        taken.add(future);
        all.remove();
        if (future.resultNow() == null) {
          filtered.incrementAndGet();
        }
      }
    }
    done.addAndGet(-taken.size());
    return taken;
  }

  /**
   * When it is time, of a run that stays only where there is something new: it would write for
   * weeks otherwise. Looks every time whether the job was asked to stop.
   */
  private void tellProgress(StepExecution execution) {
    if (execution.isTerminateOnly() || Thread.interrupted()) {
      run.stop("the job was asked to stop");
    }
    run.makeWay();
    long done = run.recorded() + run.counts().retried();
    if (times.due() && !(run.stays() && done == toldOf)) {
      times.told();
      toldOf = done;
      note(execution);
      getJobRepository().update(execution);
      getJobRepository().updateExecutionContext(execution);
    }
  }

  /**
   * Has the execution say how far the step is; at its end Spring Batch has that saved. A restart
   * needs none of it, for the outbox itself knows what is left to do.
   */
  private void note(StepExecution execution) {
    execution.setReadCount(read);
    execution.setFilterCount(filtered.get());
    execution.setWriteCount(run.recorded());
    execution.setCommitCount(run.commits());
    RunCounts.note(execution.getExecutionContext(), run);
  }

  /** Where the step fails because of the database, the run starts nothing more. */
  private void stoppingRun(Work work) throws Exception {
    try {
      work.run();
    } catch (Exception e) {
      run.failed(e);
      throw e;
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void conclude(StepExecution execution, @Nullable Stop stop) {
    if (stop == null) {
      return;
    }
    switch (stop.reason().end()) {
      case COMPLETED -> {}
      case STOPPED -> {
        if (stop.reason() == Reason.UNAVAILABLE) {
          execution.setExitStatus(ExitStatuses.unavailable(stop));
        } else if (stop.reason() == Reason.PAUSED) {
          execution.setExitStatus(ExitStatuses.paused(stop.text()));
        }
        execution.setTerminateOnly();
      }
      case FAILED -> throw new IllegalStateException(stop.text());
    }
  }
}
