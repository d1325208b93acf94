package dev.stretto.job;

import dev.stretto.dispatch.Flight;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ItemProcessor;
import org.springframework.batch.integration.async.AsyncItemProcessor;

/**
 * Spring Batch's {@code AsyncItemProcessor}, which gives each message a future of its outcome, on
 * an executor that keeps the processor's task back until the outcome is known. The task therefore
 * never waits, and no message needs a thread of its own.
 */
final class Outcomes implements ItemProcessor<Flight, Future<Flight>> {

  private final AsyncItemProcessor<Flight, Flight> processor =
      new AsyncItemProcessor<>(flight -> flight.settlement() == null ? null : flight);
  private final ConcurrentLinkedQueue<FutureTask<@Nullable Flight>> known =
      new ConcurrentLinkedQueue<>();
  private final AtomicLong unknown = new AtomicLong();
  private final Runnable news;

  /** Processed now, on the step's thread. */
  private @Nullable Flight current;

  /**
   * @param news told, on any thread, that {@link #take} has something; must be cheap
   */
  Outcomes(Runnable news) {
    this.news = news;
    processor.setTaskExecutor(this::keepBack);
  }

  /** Called on the step's thread only; returns at once. */
  @Override
  public Future<Flight> process(Flight flight) throws Exception {
    current = flight;
    return Objects.requireNonNull(processor.process(flight));
  }

  private void keepBack(Runnable task) {
    @SuppressWarnings("unchecked")
    FutureTask<@Nullable Flight> processing = (FutureTask<@Nullable Flight>) task;
    unknown.incrementAndGet();
    Objects.requireNonNull(current)
        .whenOver(() -> {
          known.add(processing);
          unknown.decrementAndGet();
          news.run();
        });
  }

  /** Whether the outcome of everything that was processed is known. */
  boolean complete() {
    return unknown.get() == 0;
  }

  /**
   * The outcomes that came to be known, each once; a future of null where there is nothing to
   * record. All are done.
   *
   * @param most how many to take, 1 or more; the next call takes the others
   */
  List<Future<@Nullable Flight>> take(int most) {
    List<Future<@Nullable Flight>> taken = new ArrayList<>();
    while (taken.size() < most) {
      FutureTask<@Nullable Flight> task = known.poll();
      if (task == null) {
        break;
      }
      task.run();
      taken.add(task);
    }
    return taken;
  }
}
