package dev.stretto.run;

import dev.stretto.dispatch.Dispatcher;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.dispatch.Task;
import dev.stretto.ledger.ChannelLedger;
import dev.stretto.ledger.ChannelLedger.FencedOffException;
import dev.stretto.ledger.Uninterrupted;
import dev.stretto.message.Message;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The thread that makes durable what happens in a channel. As it follows no chunk's edge, a slow
 * call holds up neither what has ended nor what may start.
 */
public final class Recorder {

  private final Dispatcher dispatcher;
  private final ChannelLedger ledger;
  private final TurnRecorder turns;
  private final GateNotes gate;
  private final LongSupplier nanos;
  private final LongSupplier tellStanding;
  private final Writes writes = new Writes();
  private final Thread thread;
  private @Nullable Ended ended;
  private boolean rescuing;
  private boolean wrote;

  private final AtomicLong commits = new AtomicLong();

  private volatile boolean closing;

  /**
   * Whether there may be something new. A flag, for the wait's own permit can be used up by any
   * lock in between.
   */
  private volatile boolean news;

  /** Hands over the messages that have ended. Used on the recorder's thread only. */
  public interface Ended {

    /** Calls {@link Recorder#record} once, with those that have ended since, or with none. */
    void handOver();

    /** Whether all that were given to the dispatcher have been handed over. */
    boolean none();
  }

  /**
   * Readies the thread.
   *
   * @param recording makes the thread
   * @param shown told, on the recorder's thread, of messages whose rows say by now what became of
   *     them
   * @param nanos a monotonic clock
   * @param tellStanding has somebody told that the channel stands still; returns when to call it
   *     again, as {@link dev.stretto.ledger.Ledgers#tellStanding} does
   */
  Recorder(
      Thread.Builder recording,
      Dispatcher dispatcher,
      ChannelLedger ledger,
      Consumer<List<Task>> shown,
      LongSupplier nanos,
      LongSupplier tellStanding) {
    this.dispatcher = dispatcher;
    this.ledger = ledger;
    this.turns = new TurnRecorder(dispatcher, ledger, shown);
    this.gate = new GateNotes(dispatcher);
    this.nanos = nanos;
    this.tellStanding = tellStanding;
    this.thread = recording.unstarted(this::run);
  }

  /**
   * Starts recording.
   *
   * @param stands whether the database says that the channel stands still
   */
  void start(Ended hands, boolean stands) {
    ended = hands;
    gate.start(stands, nanos.getAsLong());
    thread.start();
  }

  /** How many transactions were committed so far. Thread-safe. */
  long commits() {
    return commits.get();
  }

  /** How many messages' ends were recorded so far. Thread-safe. */
  long recorded() {
    return turns.recorded();
  }

  /**
   * Has work written on the recorder's thread, in one transaction. Blocks until it is committed.
   * Thread-safe.
   *
   * @param unpositioned which the work gives the next positions, in this order
   * @param work is given the highest position that was given before
   * @return what the work returned; nothing where the run may write no more
   */
  List<Message> write(List<Message> unpositioned, LongFunction<List<Message>> work) {
    var written = writes.add(() -> ledger.write(unpositioned, work));
    wake();
    return written.join();
  }

  /** Tells that there may be something to record. Thread-safe. */
  void wake() {
    if (!news) {
      news = true;
      LockSupport.unpark(thread);
    }
  }

  /** Records what has ended, on the recorder's thread; see {@link TurnRecorder#record}. */
  void record(List<Task> tasks) {
    wrote |= turns.record(tasks);
  }

  /** Records what is left and ends. Blocks until all that was given to the dispatcher has ended. */
  void close() {
    closing = true;
    wake();
    Uninterrupted.join(thread);
    ledger.close();
  }

  private void run() {
    Ended hands = Objects.requireNonNull(ended);
    try {
      recordUntilClosed(hands);
    } catch (RuntimeException e) {
      if (e instanceof FencedOffException || DatabaseStop.of(e) != null) {
        stop(e);
      } else {
        rescue(hands, e);
      }
    } catch (Error e) {
      stop(e);
    } finally {
      writes.close();
    }
  }

  private void recordUntilClosed(Ended hands) {
    while (true) {
      news = false;
      boolean last = closing && hands.none();
      wrote = writes.next();
      hands.handOver();
      if (!wrote) {
        noteGate();
      }
      if (wrote) {
        commits.incrementAndGet();
      } else if (last) {
        return;
      } else {
        awaitNews();
      }
    }
  }

  /**
   * What one message, or one lane, has brought about ends the run, but what else was answered is
   * still recorded: it would be sent again.
   */
  private void rescue(Ended hands, RuntimeException failure) {
    writes.close();
    dispatcher.stop(new Stop(Reason.FAILED, "recording failed: " + failure.getMessage(), null));
    try {
      rescuing = true;
      turns.rescue();
      recordUntilClosed(hands);
    } catch (RuntimeException | Error e) {
      stop(e);
    }
  }

  private void noteGate() {
    GateNotes.Note note = rescuing ? null : gate.next(nanos.getAsLong());
    if (note != null) {
      ledger.note(note.standing());
      wrote = true;
    } else if (!rescuing && gate.tellingDue(nanos.getAsLong())) {
      gate.told(nanos.getAsLong(), tellStanding.getAsLong());
    }
  }

  private void stop(Throwable failure) {
    dispatcher.stop(
        failure instanceof FencedOffException
            ? new Stop(Reason.LEASE_LOST, "another run has taken the channel over", null)
            : DatabaseStop.orBroken(failure));
  }

  /** The caller looks again, whatever ended the wait. */
  private void awaitNews() {
    long atMost = Math.min(ledger.nanosUntilDue(), GateNotes.EVERY.toNanos());
    if (!news) {
      LockSupport.parkNanos(this, atMost);
    }
  }
}
