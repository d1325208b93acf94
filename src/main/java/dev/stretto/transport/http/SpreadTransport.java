package dev.stretto.transport.http;

import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Several HTTP/2 connections to one destination, for a channel in key order: one message of a key
 * is under way at a time, so that it does not matter which connection a message takes, nor whether
 * another key's is handed over before it. Each part is a transport of its own with one connection.
 *
 * <p>Another connection is made only where the streams of all that there are, are not enough for
 * the window, one after the other, by one call, for which no other waits. Where it can't be made,
 * is lost, or answers nothing, the others go on, and it is tried again later, by one call; a
 * destination counts as unavailable where no connection is left.
 */
final class SpreadTransport implements Transport {

  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final int connections;
  private final int window;
  private final Function<HttpFaults.Elsewhere, HttpTransport> opener;
  private final LongSupplier nanos;

  /** Guarded by this, as is all that changes. Those with no connection are used again. */
  private final List<Part> parts = new ArrayList<>();

  /** The part that a call has make its connection, or try whether it answers again. */
  private @Nullable Part tried;

  /** When the next may be tried, behind one that could not be made, was lost or was silent. */
  private long againAt;

  /**
   * @param connections the most, 2 or more
   * @param window the most calls that the channel wants under way
   * @param opener makes a part, which asks what it is given whether others are connected
   * @param nanos a monotonic clock
   */
  SpreadTransport(
      int connections,
      int window,
      Function<HttpFaults.Elsewhere, HttpTransport> opener,
      LongSupplier nanos) {
    this.connections = connections;
    this.window = window;
    this.opener = opener;
    this.nanos = nanos;
    this.againAt = nanos.getAsLong();
    parts.add(new Part());
  }

  /** One connection, or none for now. */
  private final class Part implements HttpFaults.Elsewhere {
    private final HttpTransport transport = opener.apply(this);

    /** When a call on it had an answer, and when one had none. */
    private long answeredAt = nanos.getAsLong();

    private long unansweredAt = answeredAt;

    /** Whether a call had no answer, and none has had one since it started. */
    private boolean silent;

    boolean usable() {
      return !silent && transport.connected();
    }

    int room() {
      return transport.capacity() - transport.underWay();
    }

    boolean empty() {
      return transport.underWay() == 0;
    }

    /** To be tried, with a new connection. */
    void renew() {
      silent = false;
      transport.dropConnection();
    }

    @Override
    public boolean goesOn(String reason) {
      synchronized (SpreadTransport.this) {
        pause();
        return parts.stream().anyMatch(Part::usable);
      }
    }

    @Override
    public void unanswered(String reason) {
      synchronized (SpreadTransport.this) {
        unansweredAt = nanos.getAsLong();
      }
    }

    void ended(long begin, Outcome outcome) {
      boolean untaken =
          outcome instanceof RetryLater(Fault fault, _, _)
              && (fault == Fault.UNTAKEN || fault == Fault.UNREADY);
      boolean unknown = outcome instanceof RetryLater(Fault fault, _, _) && fault == Fault.UNKNOWN;
      if (unknown && unansweredAt - begin >= 0) {
        if (answeredAt - begin < 0) {
          silent = true;
          pause();
        }
      } else if (!untaken) {
        answeredAt = nanos.getAsLong();
        silent = false;
      }
    }
  }

  @Override
  public synchronized int capacity() {
    int streams = 0;
    for (Part part : parts) {
      streams += part.usable() ? part.transport.capacity() : part.transport.underWay();
    }
    return Math.clamp(mayTry() ? streams + 1 : streams, 1, window);
  }

  @Override
  public void start(Call call, Progress progress) {
    long begin = nanos.getAsLong();
    Part part = next();
    boolean makesConnection = isTried(part);
    if (makesConnection) {
      progress.handedOver();
    }
    part.transport.start(
        call,
        new Progress() {
          @Override
          public void handedOver() {
            if (!makesConnection) {
              progress.handedOver();
            }
          }

          @Override
          public void finished(Outcome outcome) {
            synchronized (SpreadTransport.this) {
              part.ended(begin, outcome);
            }
            progress.finished(outcome);
          }
        });
  }

  private synchronized boolean isTried(Part part) {
    return part == tried;
  }

  private synchronized Part next() {
    Part roomiest =
        parts.stream()
            .filter(Part::usable)
            .max(Comparator.comparingInt(Part::room))
            .orElseGet(parts::getFirst);
    if ((roomiest.usable() && roomiest.room() > 0) || !mayTry()) {
      return roomiest;
    }
    Part next =
        parts.stream().filter(part -> !part.usable() && part.empty()).findFirst().orElse(null);
    if (next == null) {
      next = new Part();
      parts.add(next);
    }
    next.renew();
    tried = next;
    return next;
  }

  /** Whether the next call may make a connection, none being made now. */
  private boolean mayTry() {
    if (tried != null && (tried.usable() || tried.empty())) {
      tried = null;
    }
    long usable = parts.stream().filter(Part::usable).count();
    boolean due = usable == 0 || nanos.getAsLong() - againAt >= 0;
    return tried == null && usable < connections && due;
  }

  private void pause() {
    againAt = nanos.getAsLong() + PAUSE.toNanos();
  }

  @Override
  public synchronized void close() {
    parts.forEach(part -> part.transport.close());
  }
}
