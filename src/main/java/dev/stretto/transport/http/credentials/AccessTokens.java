package dev.stretto.transport.http.credentials;

import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A channel's token, which all of its calls carry. One request gets it, whoever waits; the next one
 * is got while this one still holds, and once it has ended or was refused. Thread-safe.
 *
 * <p>A call that finds no token does not wait for it where others could pass: it is over once the
 * token is there, and goes out again at its place, as if a connection had had to be made first.
 *
 * <p>INVARIANT: no call carries a new token while one that carries the token before is under way,
 * for that may be refused, as where an endpoint ends a token with the next, and go out again behind
 * the new one. The price: with each new token the channel starts nothing until all that is under
 * way is answered, or its timeout is over.
 */
public final class AccessTokens {

  private static final Duration LONGEST = Duration.ofDays(365);
  private static final Duration MOST_BEFORE = Duration.ofSeconds(60);
  private static final Duration MOST_SPARE = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private static final Outcome GOT =
      new Outcome.RetryLater(Fault.UNREADY, "a token had to be got first", null);

  private final LongSupplier nanos;

  /** The values of this token and the one before. */
  private final List<String> values = new CopyOnWriteArrayList<>();

  /** Guarded by this, as is all that changes. */
  private final List<Consumer<Outcome>> waiting = new ArrayList<>();

  /** Positions of the messages that were answered 401, and then nothing else yet. */
  private final Set<Long> sentAgain = new HashSet<>();

  private @Nullable Token current;

  /** The token before, which calls under way carry; null where none does. */
  private @Nullable Token leaving;

  private boolean asked;

  /** Whether the token before was refused. */
  private boolean refused;

  /** When a token may be renewed again that could not be; meaningful while {@link #paused}. */
  private long renewAt;

  private boolean paused;

  /** Asks for a token. */
  @FunctionalInterface
  public interface Asking {

    /**
     * Asks once; returns without waiting and throws nothing.
     *
     * @param told what became of it, from any thread, once, and within a bounded time
     */
    void ask(Consumer<TokenReply> told);
  }

  /** One token; times in nanoseconds, of which those of one without an end mean nothing. */
  static final class Token {
    private final String value;
    private final boolean ends;
    private final long renewFrom;
    private final long usableUntil;
    private final boolean afterRefusal;
    private boolean taken;

    /** How many calls that are under way carry it. */
    private int carried;

    private Token(TokenReply.Granted granted, long askedAt, boolean afterRefusal) {
      Duration told = granted.lifetime();
      Duration lifetime = told == null || told.compareTo(LONGEST) > 0 ? LONGEST : told;
      this.value = granted.value();
      this.ends = told != null;
      this.renewFrom =
          askedAt + lifetime.minus(shorter(lifetime.dividedBy(4), MOST_BEFORE)).toNanos();
      this.usableUntil =
          askedAt + lifetime.minus(shorter(lifetime.dividedBy(10), MOST_SPARE)).toNanos();
      this.afterRefusal = afterRefusal;
    }

    private static Duration shorter(Duration one, Duration other) {
      return one.compareTo(other) < 0 ? one : other;
    }

    String value() {
      return value;
    }

    boolean usable(long now) {
      return !ends || now - usableUntil < 0;
    }
  }

  /**
   * @param nanos a monotonic clock
   */
  public AccessTokens(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** What must not be shown; changes as tokens do. */
  public Collection<String> values() {
    return values;
  }

  /**
   * A token for a call, or null where there is none now. Has it renewed, where it is time, while it
   * is in use.
   *
   * @param position the message's
   */
  public @Nullable TokenUse use(long position, Asking asking) {
    Token token;
    boolean renew;
    synchronized (this) {
      token = current;
      long now = nanos.getAsLong();
      if (leaving != null || token == null || !token.usable(now)) {
        return null;
      }
      token.carried++;
      boolean pausing = paused && now - renewAt < 0;
      renew = token.ends && now - token.renewFrom >= 0 && !asked && !pausing;
      asked |= renew;
    }
    if (renew) {
      ask(asking);
    }
    return new TokenUse(this, token, position);
  }

  /**
   * Has a token got, unless that is under way.
   *
   * @param over told the outcome of the call that wants it: {@link Fault#UNREADY} once it is there
   *     and may be carried
   */
  public void await(Asking asking, Consumer<Outcome> over) {
    boolean there;
    boolean first;
    synchronized (this) {
      boolean got = current != null && current.usable(nanos.getAsLong());
      there = got && leaving == null;
      first = !got && !asked;
      asked |= first;
      if (!there) {
        waiting.add(over);
      }
    }
    if (there) {
      over.accept(GOT);
    } else if (first) {
      ask(asking);
    }
  }

  private void ask(Asking asking) {
    long askedAt = nanos.getAsLong();
    asking.ask(reply -> told(reply, askedAt));
  }

  private void told(TokenReply reply, long askedAt) {
    List<Consumer<Outcome>> waited;
    synchronized (this) {
      asked = false;
      if (reply instanceof TokenReply.Granted granted) {
        if (current != null && current.carried > 0) {
          leaving = current;
        }
        current = new Token(granted, askedAt, refused);
        refused = false;
        paused = false;
        values.addFirst(granted.value());
        if (values.size() > 2) {
          values.removeLast();
        }
      } else {
        paused = true;
        renewAt = nanos.getAsLong() + PAUSE.toNanos();
      }
      waited = current != null && leaving != null ? List.of() : takeWaiting();
    }
    Outcome outcome =
        switch (reply) {
          case TokenReply.Granted _ -> GOT;
          case TokenReply.NotGranted(Outcome why) -> why;
        };
    waited.forEach(over -> over.accept(outcome));
  }

  private List<Consumer<Outcome>> takeWaiting() {
    List<Consumer<Outcome>> waited = List.copyOf(waiting);
    waiting.clear();
    return waited;
  }

  /** A call that carried the token is over, or did not start; once for each. */
  void over(Token token) {
    List<Consumer<Outcome>> waited = List.of();
    synchronized (this) {
      token.carried--;
      if (token == leaving && token.carried == 0) {
        leaving = null;
        // Otherwise those that wait are told when it is there.
        if (current != null) {
          waited = takeWaiting();
        }
      }
    }
    waited.forEach(over -> over.accept(GOT));
  }

  /**
   * INVARIANT: a 401 costs one new token, whoever else got it for the same one, and each message is
   * sent again once: what the new token is answered 401 to is refused as without tokens.
   */
  synchronized boolean refused(Token token, long position) {
    boolean fresh = token == current && token.afterRefusal && !token.taken;
    if (fresh || !sentAgain.add(position)) {
      sentAgain.remove(position);
      return false;
    }
    if (token == current) {
      current = null;
      leaving = token;
      refused = true;
    }
    return true;
  }

  synchronized void taken(Token token, long position) {
    token.taken = true;
    sentAgain.remove(position);
  }
}
