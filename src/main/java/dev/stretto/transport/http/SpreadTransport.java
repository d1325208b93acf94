package dev.stretto.transport.http;

import dev.stretto.transport.Call;
import dev.stretto.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Several HTTP/2 connections to one destination, for a channel in key order: one message of a key
 * is under way at a time, so that it does not matter which connection a message takes. Each part is
 * a transport of its own with one connection.
 *
 * <p>Another connection is made only where the streams of all that there are, are not enough for
 * the window, one after the other. Where it can't be made, or is lost, those that there are go on,
 * and it is tried again later; a destination counts as unavailable where no connection is left.
 */
final class SpreadTransport implements Transport {

  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final List<HttpTransport> parts = new ArrayList<>();
  private final int connections;
  private final int window;
  private final Function<HttpFaults.Elsewhere, HttpTransport> opener;
  private final LongSupplier nanos;

  /** When another may be made, behind one that could not be made or was lost. */
  private final AtomicLong againAt;

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
    this.againAt = new AtomicLong(nanos.getAsLong());
    parts.add(opener.apply(this::goesOn));
  }

  @Override
  public synchronized int capacity() {
    int streams = usable().stream().mapToInt(HttpTransport::capacity).sum();
    return Math.clamp(mayGrow() ? streams + 1 : streams, 1, window);
  }

  @Override
  public void start(Call call, Progress progress) {
    next().start(call, progress);
  }

  private synchronized HttpTransport next() {
    HttpTransport roomiest =
        usable().stream()
            .max(Comparator.comparingInt(SpreadTransport::room))
            .orElseGet(parts::getFirst);
    if (room(roomiest) > 0 || !mayGrow()) {
      return roomiest;
    }
    HttpTransport waiting = unconnected();
    if (waiting != null) {
      return waiting;
    }
    HttpTransport made = opener.apply(this::goesOn);
    parts.add(made);
    return made;
  }

  private static int room(HttpTransport part) {
    return part.capacity() - part.underWay();
  }

  /** Those to send on: all that are connected, and the others while they may be tried. */
  private List<HttpTransport> usable() {
    List<HttpTransport> connected = parts.stream().filter(HttpTransport::connected).toList();
    return connected.isEmpty() ? parts.subList(0, 1) : connected;
  }

  /** Whether the next call may make a connection, none being made now. */
  private boolean mayGrow() {
    HttpTransport waiting = unconnected();
    return parts.stream().anyMatch(HttpTransport::connected)
        && (waiting == null ? parts.size() < connections : waiting.underWay() == 0)
        && nanos.getAsLong() - againAt.get() >= 0;
  }

  private @Nullable HttpTransport unconnected() {
    return parts.stream().filter(part -> !part.connected()).findFirst().orElse(null);
  }

  /** One could not be made, or was lost. Whether there are others to go on with. */
  private synchronized boolean goesOn() {
    againAt.set(nanos.getAsLong() + PAUSE.toNanos());
    return parts.stream().anyMatch(HttpTransport::connected);
  }

  @Override
  public synchronized void close() {
    parts.forEach(HttpTransport::close);
  }
}
