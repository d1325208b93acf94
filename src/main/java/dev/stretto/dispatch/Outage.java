package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchState.Moment;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.dispatch.Streak.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether it is the destination, and what people are told of that. Once a {@link Streak} is long
 * enough there is doubt, and nothing starts but witnesses, whose calls may yet show that the
 * destination takes others; where none does, it is the destination. Not thread-safe: the
 * dispatcher's lock guards it.
 */
final class Outage {

  private final int window;
  private final long longestDoubt;
  private final InstantSource clock;
  private final StartQueue queue;
  private final StartGate gate;
  private final Streak streak;
  private final Suspects suspects;

  /** How many more calls may start in doubt: as if all of the window had been under way. */
  private int witnesses;

  private long doubtedSince;

  Outage(
      DispatchSettings settings,
      InstantSource clock,
      StartQueue queue,
      StartGate gate,
      Streak streak,
      Suspects suspects) {
    this.window = settings.window();
    this.longestDoubt = settings.unavailable().maxBackoff().toNanos();
    this.clock = clock;
    this.queue = queue;
    this.gate = gate;
    this.streak = streak;
    this.suspects = suspects;
  }

  /**
   * Begins to doubt where the streak gives cause, and passes the verdict where nothing is left to
   * wait for.
   *
   * @return why nothing more shall start, or null where the run goes on
   */
  @Nullable Stop consider(Moment now) {
    if (streak.castsDoubt()) {
      streak.doubt();
      doubtedSince = now.nanos();
      witnesses = gate.closed() ? 0 : window - now.underWay();
      gate.doubted(now.nanos(), streak.reason());
    }
    return doubted() && doubtedUntil(now) <= now.nanos() ? down(now.nanos()) : null;
  }

  /** Whether nothing but a {@link #witness} may start. */
  boolean doubted() {
    return streak.verdict() == Verdict.DOUBTED;
  }

  /**
   * The message that may start in doubt, or null. Where answers come at once, nothing would be
   * under way behind some bad messages that follow each other.
   */
  @Nullable Task witness() {
    return witnesses > 0 ? queue.nextNew() : null;
  }

  /** What {@link #witness} returned starts. */
  void witnessStarts() {
    witnesses--;
  }

  /**
   * When a doubt that nothing cleared is over, in nanoseconds; {@code Long.MAX_VALUE} where that
   * depends on an answer or on what is being recorded.
   *
   * <p>INVARIANT: whatever is under way or may yet start as a witness has its say before it is the
   * destination, however slow it, the database or this machine are: except that a call which hangs
   * keeps everything waiting no longer than the longest wait between probes. Refusals alone need a
   * person, whom a run calls only once everything has ended.
   */
  long doubtedUntil(Moment now) {
    if (witnesses > 0 && queue.newToCome(now.underWay())) {
      return Long.MAX_VALUE;
    }
    if (now.quiet()) {
      // More may be read in the meantime, where a witness may still start.
      return witnesses > 0 ? gate.opensAt(now.nanos()) : now.nanos();
    }
    return streak.refusedOnly() ? Long.MAX_VALUE : doubtedSince + longestDoubt;
  }

  /** It is the destination: nothing that failed counts, unless a person has to act. */
  private @Nullable Stop down(long now) {
    if (streak.refusedOnly()) {
      return new Stop(
          Reason.REFUSED,
          "the destination refuses what it is sent"
              + inARow(now)
              + ": "
              + streak.reason()
              + "; mend the address, the credentials or the messages, or set unavailable.after: off"
              + " to have each refused message parked",
          null);
    }
    streak.down();
    queue.absolveRetries(now);
    suspects.absolve();
    return null;
  }

  /** Why a run ends that may not wait until the gate opens; null where it may. */
  @Nullable Stop beyondPatience(long now) {
    return gate.beyondPatience() ? unavailable("", now) : null;
  }

  /**
   * Why a run ends whose time is up. Where that is while the destination takes nothing, the run has
   * to be tried again later.
   */
  Stop timeUp(Stop asked, Moment now) {
    String meanwhile = asked.text() + " while ";
    if (gate.closed()) {
      return unavailable(meanwhile, now.nanos());
    }
    return now.quiet() && queue.onlyRetriesWait(now.nanos())
        ? new Stop(Reason.UNAVAILABLE, meanwhile + "what was started waits to be sent again", null)
        : asked;
  }

  private Stop unavailable(String meanwhile, long now) {
    return new Stop(Reason.UNAVAILABLE, meanwhile + gate.reason() + inARow(now), gate.asked(now));
  }

  /** Why nothing is started; null while calls start. */
  @Nullable Standstill standstill(long now) {
    if (!gate.closed()) {
      return null;
    }
    Instant time = clock.instant();
    Duration asked = gate.asked(now);
    return new Standstill(
        time.minusNanos(now - gate.closedSince()),
        asked == null ? null : time.plus(asked),
        streak.calls(),
        gate.reason());
  }

  /** Since when how many calls in a row were not delivered; empty for less than two. */
  private String inARow(long now) {
    return streak.calls() > 1
        ? ", "
            + streak.calls()
            + " calls in a row since "
            + clock.instant().minusNanos(now - streak.since()).truncatedTo(ChronoUnit.SECONDS)
        : "";
  }
}
