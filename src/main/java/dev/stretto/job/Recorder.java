package dev.stretto.job;

import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.Dispatcher;
import dev.stretto.dispatch.Flight;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.lease.Lease;
import dev.stretto.outbox.Message;
import dev.stretto.outbox.OutboxChannels.State;
import dev.stretto.outbox.Positions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ItemWriter;
import org.springframework.batch.integration.async.AsyncItemWriter;

/**
 * Makes durable what happens in a channel, on one thread: hands the futures that are done to Spring
 * Batch's {@code AsyncItemWriter} and claims the next messages, both in one commit. As it follows
 * no chunk's edge, a slow call holds up neither.
 */
final class Recorder {

  /** How many ends one commit records at most. */
  private static final int MOST = 2000;

  private final Outbox outbox;
  private final Dispatcher dispatcher;
  private final Backlog backlog;
  private final LongSupplier nanos;
  private final FencedWrites fenced;
  private final AsyncItemWriter<Flight> writer;
  private final Outcomes outcomes = new Outcomes(this::wake);
  private final ClaimedFlights claimed = new ClaimedFlights();
  private final Writes writes = new Writes();
  private final GateNotes gate;
  private final Thread thread;
  private Positions positions = new Positions(0, 0, 0);

  /** What the commit that is being made records and claims; else nothing. */
  private List<Future<@Nullable Flight>> ending = List.of();

  private List<Flight> picking = List.of();

  private List<Flight> releasing = List.of();

  /** Whether something could not be written, so that only what was answered is still recorded. */
  private boolean rescuing;

  private volatile boolean closing;

  /**
   * Whether there may be something new. A flag, for the wait's own permit can be used up by any
   * lock in between.
   */
  private volatile boolean news;

  Recorder(
      Lease lease,
      Outbox outbox,
      Dispatcher dispatcher,
      Backlog backlog,
      OnUnknown onUnknown,
      LongSupplier nanos) {
    this.outbox = outbox;
    this.dispatcher = dispatcher;
    this.backlog = backlog;
    this.nanos = nanos;
    this.gate = new GateNotes(dispatcher);
    this.fenced = new FencedWrites(lease, outbox, onUnknown, this::broken);
    this.writer = new AsyncItemWriter<>(settling());
    this.thread =
        Thread.ofPlatform().name("record-" + lease.channel()).daemon().unstarted(this::run);
  }

  private ItemWriter<Flight> settling() {
    return flights -> fenced.settle(state(), flights.getItems());
  }

  /**
   * Starts recording.
   *
   * @param given the positions given in the channel so far
   * @param stands whether the database says that the channel stands still
   */
  void start(Positions given, boolean stands) {
    positions = given;
    gate.start(stands);
    fenced.start();
    thread.start();
  }

  /** Gives each message that is on its way the future of its outcome, which will be recorded. */
  Outcomes outcomes() {
    return outcomes;
  }

  /**
   * Has work written on the recorder's thread, fenced as all it writes. Blocks until it is.
   *
   * @param unpositioned which the work gives the next positions, in this order
   */
  List<Message> write(List<Message> unpositioned, LongFunction<List<Message>> work) {
    CompletableFuture<List<Message>> written =
        writes.add(() -> {
          long last = positions.last();
          unpositioned.forEach(message -> positions = positions.give(message.id()));
          return fenced.transact(state(), () -> work.apply(last));
        });
    wake();
    return written.join();
  }

  /** Tells, from any thread, that there may be something to record. */
  void wake() {
    if (!news) {
      news = true;
      LockSupport.unpark(thread);
    }
  }

  /**
   * Records what is left and ends. Blocks until the outcome of everything that was given a future
   * is recorded.
   */
  void close() {
    closing = true;
    wake();
    Uninterrupted.join(thread);
    fenced.close();
  }

  private void run() {
    try {
      recordUntilClosed();
    } catch (FencedWrites.FencedOffException e) {
      fencedOff();
    } catch (RuntimeException e) {
      if (DatabaseStop.of(e) == null) {
        rescue(e);
      } else {
        broken(e);
      }
    } catch (Error e) {
      broken(e);
    } finally {
      writes.close();
    }
  }

  private boolean noteGate() {
    GateNotes.Note note = rescuing ? null : gate.next(nanos.getAsLong());
    if (note != null) {
      fenced.noteStandstill(state(), note.standing());
    }
    return note != null;
  }

  private void recordUntilClosed() {
    while (true) {
      news = false;
      boolean last = closing && outcomes.complete();
      boolean wrote = writes.next();
      if (!record() && !wrote && !noteGate()) {
        if (last) {
          return;
        }
        awaitNews();
      }
    }
  }

  /**
   * What one message, or one lane, has brought about ends the run, but what else was answered is
   * still recorded: it would be sent again.
   */
  private void rescue(RuntimeException failure) {
    writes.close();
    dispatcher.stop(new Stop(Reason.FAILED, "recording failed: " + failure.getMessage(), null));
    try {
      rescuing = true;
      claimed.settle(picking);
      dispatcher.claimed(picking);
      picking = List.of();
      claimed.claim(releasing, nanos.getAsLong());
      dispatcher.released(releasing);
      releasing = List.of();
      recordUntilClosed();
    } catch (FencedWrites.FencedOffException e) {
      fencedOff();
    } catch (RuntimeException | Error e) {
      broken(e);
    }
  }

  private void fencedOff() {
    dispatcher.stop(new Stop(Reason.LEASE_LOST, "another run has taken the channel over", null));
  }

  /** Whether the last commit came through or not, the table tells the next run what is claimed. */
  private void broken(Throwable failure) {
    dispatcher.stop(
        Objects.requireNonNullElseGet(
            DatabaseStop.of(failure),
            () ->
                new Stop(Reason.BROKEN, "recording failed: " + DatabaseStop.line(failure), null)));
  }

  /** The callers look again, whatever ended the wait. */
  private void awaitNews() {
    long atMost =
        Math.min(claimed.nanosUntilShowable(nanos.getAsLong()), GateNotes.EVERY.toNanos());
    if (!news) {
      LockSupport.parkNanos(this, atMost);
    }
  }

  /**
   * Records what is there.
   *
   * <p>INVARIANT (bounded duplicates): a message starts only after the transaction that claims it
   * is committed, and at every commit the claimed and unsettled messages are at most the window,
   * for what is picked beyond it takes the places of those settled or given back in the same
   * transaction.
   *
   * @return whether there was anything
   */
  private boolean record() {
    List<Future<@Nullable Flight>> ended = takeEnded();
    List<Flight> settled =
        ended.stream().map(future -> Objects.requireNonNull(future.resultNow())).toList();
    List<Flight> released = dispatcher.takeReleasing();
    List<Flight> picked = dispatcher.pick(settled, released);
    for (Flight flight : picked) {
      if (!flight.message().positioned()) {
        positions = positions.give(flight.message().id());
        flight.place(positions.last());
      }
    }
    ending = ended;
    picking = picked;
    releasing = released;
    long now = nanos.getAsLong();
    claimed.settle(settled);
    claimed.settle(released);
    claimed.claim(picked, now);
    List<Message> showable = claimed.takeShowable(now);
    if (settled.isEmpty() && released.isEmpty() && picked.isEmpty() && showable.isEmpty()) {
      return false;
    }
    Runnable work =
        () -> {
          settle(ended);
          if (!rescuing) {
            fenced.release(released);
            backlog.settling(settled);
            outbox.messages().show(showable);
          }
        };
    boolean writesMore =
        !showable.isEmpty() || !released.isEmpty() || backlog.settlesInTransaction();
    backlog.forget(fenced.commit(settled, work, writesMore));
    ending = List.of();
    picking = List.of();
    releasing = List.of();
    dispatcher.recorded(settled);
    if (!released.isEmpty()) {
      dispatcher.released(released);
    }
    dispatcher.claimed(picked);
    return true;
  }

  /**
   * Those to record now. While rescuing, those of a commit that failed are among them, and what
   * blocks its key is not: it stays claimed, for the next run to send again.
   */
  private List<Future<@Nullable Flight>> takeEnded() {
    List<Future<@Nullable Flight>> ended = new ArrayList<>(ending);
    ending = List.of();
    ended.addAll(outcomes.take(MOST));
    List<Future<@Nullable Flight>> taken = new ArrayList<>();
    List<Flight> left = new ArrayList<>();
    for (Future<@Nullable Flight> future : ended) {
      Flight flight = future.resultNow();
      if (flight != null) {
        if (rescuing && Objects.requireNonNull(flight.settlement()).blocksKey()) {
          left.add(flight);
        } else {
          taken.add(future);
        }
      }
    }
    claimed.claim(left, nanos.getAsLong());
    return taken;
  }

  private State state() {
    return new State(positions, claimed.claims());
  }

  private void settle(List<Future<@Nullable Flight>> ended) {
    if (ended.isEmpty()) {
      fenced.advance(state());
      return;
    }
    try {
      writer.write(new Chunk<>(ended));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
