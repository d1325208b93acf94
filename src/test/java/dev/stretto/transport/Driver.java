package dev.stretto.transport;

import dev.stretto.outbox.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Starts calls as the dispatching thread does: the next after handedOver, never above the capacity.
 */
public final class Driver {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Transport transport;
  private final Object changed = new Object();
  private int underWay;
  private int mostUnderWay;
  private int misuses;
  private boolean left = true;

  public Driver(Transport transport) {
    this.transport = transport;
  }

  public static Message message(long position, String payload, Map<String, String> headers) {
    return new Message(
        position,
        "space",
        position,
        new UUID(7, position).toString(),
        null,
        "application/json",
        headers,
        payload,
        0,
        null);
  }

  public static Call call(long position) {
    return new Call(message(position, "{\"n\":" + position + "}", Map.of()), 1, 42);
  }

  public static Outcome outcomeOf(Transport transport, Call call) {
    return new Driver(transport).run(List.of(call)).getFirst();
  }

  /** Starts all in order and waits for every outcome. */
  public List<Outcome> run(List<Call> calls) {
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (Call call : calls) {
      outcomes.add(start(call));
    }
    return outcomes.stream().map(Driver::get).toList();
  }

  /** Starts one call once it may start; returns without its answer. */
  public CompletableFuture<Outcome> start(Call call) {
    await();
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    transport.start(call, new OneCall(outcome));
    return outcome;
  }

  private void await() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    synchronized (changed) {
      while (!left || underWay >= transport.capacity()) {
        long rest = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (rest <= 0) {
          throw new AssertionError("not handed over, or not finished: " + underWay + " under way");
        }
        try {
          changed.wait(Math.min(rest, 100));
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      left = false;
      underWay++;
      mostUnderWay = Math.max(mostUnderWay, underWay);
    }
  }

  public int mostUnderWay() {
    synchronized (changed) {
      return mostUnderWay;
    }
  }

  /** How often a call was told to have left twice, or after it was finished, or finished twice. */
  public int misuses() {
    synchronized (changed) {
      return misuses;
    }
  }

  public static Outcome get(CompletableFuture<Outcome> outcome) {
    try {
      return outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("the call never finished", e);
    }
  }

  /** Progress that only keeps the outcome. */
  public static Transport.Progress finishing(CompletableFuture<Outcome> outcome) {
    return new Transport.Progress() {
      @Override
      public void handedOver() {}

      @Override
      public void finished(Outcome how) {
        outcome.complete(how);
      }
    };
  }

  private final class OneCall implements Transport.Progress {

    private final CompletableFuture<Outcome> outcome;
    private boolean handedOver;

    OneCall(CompletableFuture<Outcome> outcome) {
      this.outcome = outcome;
    }

    @Override
    public void handedOver() {
      synchronized (changed) {
        if (handedOver || outcome.isDone()) {
          misuses++;
        }
        handedOver = true;
        left = true;
        changed.notifyAll();
      }
    }

    @Override
    public void finished(Outcome how) {
      synchronized (changed) {
        if (!handedOver) {
          left = true;
        }
        if (!outcome.complete(how)) {
          misuses++;
        }
        underWay--;
        changed.notifyAll();
      }
    }
  }
}
