package dev.stretto.benchmark;

import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import dev.stretto.transport.TransportSettings;
import dev.stretto.transport.TransportType;
import dev.stretto.transport.http.HttpTransportType;
import java.time.Clock;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/**
 * A transport of Stretto's, window and gate, the next start after the one before has left, and
 * nothing else.
 */
final class GatedSender {

  private final String channel;
  private final TransportType type;
  private final TransportSettings settings;
  private final int window;
  private final @Nullable String payload;
  private volatile @Nullable Thread starting;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicLong failed = new AtomicLong();

  /** Positions that go out again, before all others. */
  private final NavigableSet<Long> untaken = new ConcurrentSkipListSet<>();

  /**
   * @param type what channels share, they share as in a dispatch
   * @param size of a payload in bytes; 0 for some ten
   */
  GatedSender(
      String channel, TransportType type, TransportSettings settings, int window, int size) {
    this.channel = channel;
    this.type = type;
    this.settings = settings;
    this.window = window;
    this.payload = size == 0 ? null : Load.payload(size);
  }

  /** Over HTTP, as a dispatch sends. */
  static TransportType http() {
    return new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);
  }

  /**
   * Sends so many messages on the calling thread, from position 1; blocks until all are answered.
   *
   * @return how many were not delivered
   */
  long send(long messages) {
    starting = Thread.currentThread();
    try (Transport transport = type.open(channel, settings, window)) {
      long next = 1;
      while (true) {
        // Asked first: that may wait for a lock, and so swallow the wake-up of a call that ends.
        int capacity = Math.min(window, transport.capacity());
        int calls = underWay.get();
        boolean any = next <= messages || !untaken.isEmpty();
        if (!any && calls == 0) {
          return failed.get();
        }
        if (!any || calls >= capacity) {
          LockSupport.park(this);
          continue;
        }
        Long again = untaken.pollFirst();
        underWay.incrementAndGet();
        Leaving leaving = new Leaving(again == null ? next++ : again);
        transport.start(call(leaving.position), leaving);
        while (!leaving.left) {
          LockSupport.park(this);
        }
      }
    }
  }

  private Call call(long position) {
    return payload == null
        ? Driver.call(position)
        : new Call(Driver.message(position, payload, Map.of()), 1, 42);
  }

  private final class Leaving implements Transport.Progress {

    private final long position;
    private volatile boolean left;

    Leaving(long position) {
      this.position = position;
    }

    @Override
    public void handedOver() {
      left = true;
      LockSupport.unpark(starting);
    }

    @Override
    public void finished(Outcome outcome) {
      switch (outcome) {
        case Outcome.Delivered _ -> {}
        case Outcome.RetryLater later when later.fault() == Outcome.Fault.UNTAKEN ->
            untaken.add(position);
        case Outcome.RetryLater _ -> failed.incrementAndGet();
        case Outcome.Rejected _ -> failed.incrementAndGet();
        case Outcome.Apart _ -> failed.incrementAndGet();
      }
      left = true;
      underWay.decrementAndGet();
      LockSupport.unpark(starting);
    }
  }
}
