package dev.stretto.dispatch;

import dev.stretto.dispatch.Lanes.Lane;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import dev.stretto.message.Status;
import dev.stretto.transport.Outcome.Refused;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way through a run, from being offered to being recorded. Its fields are
 * guarded by the dispatcher's lock; only {@link #awaitOver} and {@link #settlement} may be called
 * without it.
 */
public final class Task {

  /** Null where the message follows no other. */
  final @Nullable Lane lane;

  /** When it came to the head of its lane, counted from 1; 0 before. First starts go by it. */
  long turn;

  private Message message;

  /** Whether its claim is recorded or being recorded, so that it has a place in the window. */
  boolean claimed;

  /** Whether it was a suspect and was set aside, and that is not recorded yet. */
  boolean judged;

  /** Whether its claim is to be given back, or being given back. */
  boolean releasing;

  /** Whether it goes back in line once its claim is given back. */
  boolean returning;

  /** Its latest call among all of the run, counted from 1; 0 where it had none. */
  long call;

  /** The first of its calls that failed and counts against it; 0 where none does. */
  long firstFailed;

  /** What the destination refused at the latest call; null where it did not refuse. */
  @Nullable Refused refused;

  /** Calls that counted as attempts, those of earlier runs included. */
  int attempts;

  /** Attempts that failed in this run; the retry budget is spent by these only. */
  int faults;

  /**
   * When the next attempt is due, or its key may be called, on the dispatcher's clock in
   * nanoseconds.
   */
  long dueAt;

  /** How often the destination asked to leave its key alone, in this run. */
  int closings;

  /**
   * Since when it waits because the destination asked for that; {@code Long.MIN_VALUE} if never.
   */
  long askedSince = Long.MIN_VALUE;

  /** Whether it waits because the destination asked for that, where it waits for its key. */
  boolean asked;

  /** Which of several destinations its latest call went to; null where the channel has one. */
  @Nullable String destination;

  private final CountDownLatch over = new CountDownLatch(1);

  /** Written before {@link #over} is counted down. */
  private volatile @Nullable Settlement settlement;

  @Nullable String lastError;
  long startNumber;
  @Nullable Instant startedAt;

  Task(Message message, @Nullable Lane lane) {
    this.message = message;
    this.lane = lane;
    this.attempts = message.attempts();
  }

  /** The message; it has a position once it was claimed. */
  public Message message() {
    return message;
  }

  /** Gives the message its place; called by whoever claims it, before the claim is recorded. */
  public void place(long position) {
    message = message.at(position);
  }

  /**
   * Blocks until nothing more will be tried for the message in this run.
   *
   * @return this, or null where there is nothing to record
   */
  public @Nullable Task awaitOver() throws InterruptedException {
    over.await();
    return settlement == null ? null : this;
  }

  /**
   * What to record; null before the end, or where there is nothing to record: it was never claimed,
   * or its call was still under way when the run's patience ended.
   */
  public @Nullable Settlement settlement() {
    return settlement;
  }

  /**
   * What to record where the claim is given back and the message stays in line; its calls are not
   * counted.
   */
  public Settlement givenBack() {
    return settlement(Status.PENDING, message.attempts(), lastError, false);
  }

  /** What to record where the message stays in line and its calls are counted. */
  Settlement pending() {
    return settlement(Status.PENDING, attempts, lastError, false);
  }

  Settlement delivered() {
    return settlement(Status.DELIVERED, attempts, null, false);
  }

  Settlement settlement(Status status, int calls, @Nullable String error, boolean blocksKey) {
    return new Settlement(message, status, calls, error, startNumber, startedAt, blocksKey);
  }

  /** When it was first started, by whichever run; null if never. */
  @Nullable Instant firstStart() {
    return message.firstStartedAt() == null ? startedAt : message.firstStartedAt();
  }

  /** Whether calls of it failed that count against it. */
  boolean failing() {
    return faults > 0 || refused != null;
  }

  /** As if it had not been sent in this run: nothing counts against it. */
  void absolve() {
    faults = 0;
    firstFailed = 0;
    refused = null;
    attempts = message.attempts();
  }

  boolean over() {
    return over.getCount() == 0;
  }

  /** Only the first end counts. */
  void end(@Nullable Settlement toRecord) {
    if (!over()) {
      settlement = toRecord;
      over.countDown();
    }
  }
}
