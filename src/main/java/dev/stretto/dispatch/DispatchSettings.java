package dev.stretto.dispatch;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How one channel's calls are started, retried and drained.
 *
 * @param ordering what must start, or be settled, before what
 * @param window the most messages claimed and not yet durably settled, 1 or more
 * @param lookAhead the most messages in memory that wait to be claimed; at least the window, and
 *     more than that in {@link Ordering#KEY} only
 * @param rate the most starts in a time, or null for no limit
 * @param stagger the shortest time from one start to the next, 0 or more
 * @param keys what holds for each ordering key by itself
 * @param retry when a message that failed is sent again, and how often
 * @param whileRetrying what happens to later messages meanwhile
 * @param onExhausted what becomes of a message that may not be sent again
 * @param onUnknown what becomes of a message whose call may have arrived without an answer
 * @param unavailable how long to wait for a destination that can't be reached
 * @param drain how long calls under way may take to end once nothing more is started, 0 or more
 * @param alert who is told of parked messages and of a gate that stays closed; null for nobody
 */
public record DispatchSettings(
    Ordering ordering,
    int window,
    int lookAhead,
    @Nullable Rate rate,
    Duration stagger,
    Keys keys,
    Retry retry,
    WhileRetrying whileRetrying,
    OnExhausted onExhausted,
    OnUnknown onUnknown,
    Unavailable unavailable,
    Duration drain,
    @Nullable Alert alert) {

  /** The next of a key comes from disk sooner. */
  private static final Duration SELDOM = Duration.ofMillis(500);

  /**
   * How many messages of one key may be in memory, the one under way included: 1 or more. At most
   * {@code window} keys are under way or wait for a retry, so that these can't fill the look-ahead
   * and keep every other key out. Where a key is called seldom, the next one is enough.
   */
  public int laneDepth() {
    int deepest = lookAhead / window;
    return keys.interval().compareTo(SELDOM) < 0 ? deepest : Math.min(2, deepest);
  }

  /** The same for a run that waits for its destination as long as it takes. */
  public DispatchSettings patient() {
    return with(unavailable.patient(), alert);
  }

  /** The same, but somebody else is told. */
  public DispatchSettings telling(@Nullable Alert other) {
    return with(unavailable, other);
  }

  private DispatchSettings with(Unavailable otherUnavailable, @Nullable Alert otherAlert) {
    return new DispatchSettings(
        ordering,
        window,
        lookAhead,
        rate,
        stagger,
        keys,
        retry,
        whileRetrying,
        onExhausted,
        onUnknown,
        otherUnavailable,
        drain,
        otherAlert);
  }

  /**
   * Who is told of what a person should know.
   *
   * @param channel another channel, which sends it
   * @param gateAfter how long nothing is delivered before that is told, 1 second or more
   */
  public record Alert(String channel, Duration gateAfter) {}

  /** What must start, or be settled, before what. */
  public enum Ordering {
    /** First attempts start in position order and overlap. */
    START,
    /** At most one message of an ordering key is under way; keys overlap. */
    KEY,
    /** One message at a time in the whole channel. */
    STRICT
  }

  /** What happens to later messages while one waits to be sent again. */
  public enum WhileRetrying {
    /** They go on. */
    CONTINUE,
    /** Nothing new starts until the failed message is settled. */
    HOLD
  }

  /** What becomes of a message that may not be sent again. */
  public enum OnExhausted {
    /** It is set aside; the others go on. */
    PARK,
    /** The run ends with a failure and the message stays first in line. */
    HOLD,
    /** It is set aside, and later messages of its key wait until it is redriven or discarded. */
    BLOCK_KEY
  }

  /** What becomes of a message whose call may have arrived without an answer. */
  public enum OnUnknown {
    /** It is sent again under the same id: at least once. */
    RESEND,
    /** It is set aside: at most once. */
    QUARANTINE
  }

  /**
   * The most starts in a time, as a token bucket.
   *
   * @param starts how many starts {@code per} allows, 1 or more
   * @param per the time, more than 0
   * @param burst the most starts at once after a pause, 1 or more
   */
  public record Rate(int starts, Duration per, int burst) {}

  /**
   * What holds for each ordering key by itself; other than {@link #NONE} in {@link Ordering#KEY}
   * only.
   *
   * @param interval the shortest time from one start of a key to its next, 0 or more
   * @param retryAfter what waits where the destination, being unavailable, says for how long
   */
  public record Keys(Duration interval, RetryAfter retryAfter) {

    /** Nothing does. */
    public static final Keys NONE = new Keys(Duration.ZERO, RetryAfter.CHANNEL);
  }

  /** What waits where the destination says for how long it is unavailable. */
  public enum RetryAfter {
    /** Everything: the channel's gate closes. */
    CHANNEL,
    /** The messages of the same key; the others go on. */
    KEY
  }

  /**
   * When a message is sent again.
   *
   * @param attempts the most calls for one message, 1 or more
   * @param backoff the wait before the second attempt, more than 0; halved or kept at random
   *     (jitter)
   * @param multiplier what each further wait is multiplied by, 1 or more
   * @param maxBackoff the longest wait, at least {@code backoff}
   * @param giveUp how long after its first start a message that failed is kept first in line, more
   *     than 0, where nothing has shown that the destination takes others
   */
  public record Retry(
      int attempts, Duration backoff, double multiplier, Duration maxBackoff, Duration giveUp) {

    /**
     * Draws the wait before the next attempt: exponential, capped, of which the second half is
     * random. In nanoseconds.
     *
     * @param faults how many attempts failed so far, from 1
     */
    long backoffNanos(int faults, RandomGenerator random) {
      double nominal =
          Math.min(
              (double) backoff.toNanos() * Math.pow(multiplier, faults - 1),
              (double) maxBackoff.toNanos());
      return (long) (nominal * (0.5 + 0.5 * random.nextDouble()));
    }
  }

  /**
   * When a failure is the destination's and not its message's, and how a run waits for a
   * destination that can't be reached or takes nothing.
   *
   * @param after after how many calls in a row that were not delivered, of at least two messages,
   *     it is the destination: 1 or more; 0 means never, so that every failure is the message's
   * @param patience how long the start gate may stay closed before the run ends, 0 or more
   * @param backoff the wait before the first probe where the destination did not say, more than 0
   * @param maxBackoff the longest wait between probes, at least {@code backoff}
   * @param maxRetryAfter the longest {@code Retry-After} that is believed, more than 0
   */
  public record Unavailable(
      int after, Duration patience, Duration backoff, Duration maxBackoff, Duration maxRetryAfter) {

    /** A hundred years, which fit into 64 bits of nanoseconds. */
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    Unavailable patient() {
      return new Unavailable(after, FOR_EVER, backoff, maxBackoff, maxRetryAfter);
    }
  }
}
