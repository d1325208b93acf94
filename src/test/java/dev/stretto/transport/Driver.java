package dev.stretto.transport;

import static java.util.Comparator.comparingLong;

import dev.stretto.message.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

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
  private final AtomicInteger untaken = new AtomicInteger();
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
        0);
  }

  /** One with a header, and with letters of each length in UTF-8 in its key, header and payload. */
  public static Message manyLetters() {
    return new Message(
        3,
        "space",
        7,
        "order-7",
        "k\u00e9y",
        "text/plain",
        Map.of("X-Own", "\u00fc"),
        "\u00e9\u20ac\ud83d\ude80 {\"a\": 1.50}\n",
        0);
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
    var _ = await(() -> true, () -> false);
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    transport.start(call, new OneCall(outcome, _ -> {}));
    return outcome;
  }

  /**
   * Starts all in order and waits until every one is over. What was not taken starts again at its
   * place, as with the dispatcher.
   *
   * @return the outcomes by position
   */
  public Map<Long, Outcome> runUntilTaken(List<Call> calls) {
    Map<Long, Outcome> outcomes = new ConcurrentSkipListMap<>();
    Queue<Call> line = new PriorityBlockingQueue<>(calls.size(), comparingLong(Driver::position));
    line.addAll(calls);
    while (await(() -> !line.isEmpty(), () -> outcomes.size() == calls.size())) {
      Call next = Objects.requireNonNull(line.poll());
      transport.start(
          next,
          new OneCall(
              new CompletableFuture<>(),
              how -> {
                if (how instanceof Outcome.RetryLater(Outcome.Fault fault, _, _)
                    && (fault == Outcome.Fault.UNTAKEN || fault == Outcome.Fault.UNREADY)) {
                  line.add(next);
                  untaken.incrementAndGet();
                } else {
                  outcomes.put(position(next), how);
                }
              }));
    }
    return outcomes;
  }

  /** How often a call was not taken and started again. */
  public int untaken() {
    return untaken.get();
  }

  private static long position(Call call) {
    return call.message().position();
  }

  /** Waits until a call may start, and counts it; false where everything is over. */
  private boolean await(BooleanSupplier something, BooleanSupplier over) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    synchronized (changed) {
      while (!something.getAsBoolean() || !left || underWay >= transport.capacity()) {
        if (over.getAsBoolean()) {
          return false;
        }
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
      return true;
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
    private final Consumer<Outcome> over;
    private boolean handedOver;

    OneCall(CompletableFuture<Outcome> outcome, Consumer<Outcome> over) {
      this.outcome = outcome;
      this.over = over;
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
        over.accept(how);
        if (!outcome.complete(how)) {
          misuses++;
        }
        underWay--;
        changed.notifyAll();
      }
    }
  }
}
