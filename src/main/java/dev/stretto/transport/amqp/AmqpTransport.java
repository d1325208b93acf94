package dev.stretto.transport.amqp;

import com.rabbitmq.client.AlreadyClosedException;
import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way to one exchange.
 *
 * <p>What is guaranteed of the order: a call has left once its message is written to the channel,
 * and the next is started only then, so that the broker reads messages in start order. From one
 * connection to the next the order holds because nothing is written to the next before everything
 * on the one before is over. {@code AmqpOrderTest} fails without it.
 */
final class AmqpTransport implements Transport {

  /** Of a call that was chosen before the connection was in doubt. */
  private static final Outcome OTHERS_FIRST =
      new RetryLater(Fault.UNTAKEN, "the connection is replaced once its calls are over", null);

  private final int window;
  private final Duration timeout;
  private final AmqpMessages messages;
  private final AmqpFaults faults;
  private final AmqpLinks links;

  /** Its one thread connects and writes, for which a broker may make it wait. */
  private final ExecutorService giving;

  private final ScheduledThreadPoolExecutor timer;
  private final AtomicInteger underWay = new AtomicInteger();

  /** The number of the latest call that was delivered. */
  private final AtomicLong delivered = new AtomicLong();

  /** Whether the connection is to be replaced once nothing is under way on it. */
  private volatile boolean inDoubt;

  /** How many calls were given to a connection; touched by the giving thread only. */
  private long given;

  AmqpTransport(String channel, AmqpSettings settings, int window, AmqpLinks links) {
    this.window = window;
    this.timeout = settings.timeout();
    this.messages = new AmqpMessages(channel, settings);
    this.faults = new AmqpFaults(settings);
    this.links = links;
    this.giving =
        Executors.newSingleThreadExecutor(Thread.ofVirtual().name("amqp-" + channel).factory());
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("amqp-timer-" + channel).factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * One until a message is confirmed on the connection: what ends it may be about the only one on
   * it, and another one is not taken along.
   */
  @Override
  public int capacity() {
    AmqpLink link = links.current();
    return link != null && link.served() && !inDoubt ? window : 1;
  }

  @Override
  public void start(Call call, Progress progress) {
    Message message = call.message();
    String problem = messages.problem(message);
    if (problem != null) {
      progress.finished(new Rejected(Refused.UNSENDABLE, problem));
      return;
    }
    if (inDoubt && underWay.get() > 0) {
      progress.finished(OTHERS_FIRST);
      return;
    }
    underWay.incrementAndGet();
    AmqpCall next =
        new AmqpCall(message, messages.unroutable(message), faults, progress, this::ended);
    try {
      next.expireWith(timer.schedule(() -> expire(next), timeout.toNanos(), TimeUnit.NANOSECONDS));
      giving.execute(() -> give(call, next));
    } catch (RejectedExecutionException e) {
      // The run is over.
      next.finish(faults.notSent(e));
    }
  }

  private void give(Call call, AmqpCall next) {
    try {
      if (inDoubt) {
        if (underWay.get() > 1) {
          next.finish(OTHERS_FIRST);
          return;
        }
        // INVARIANT (order of arrival): this call alone is under way.
        links.drop();
        inDoubt = false;
      }
      AmqpLink link = links.get();
      String blocked = link.blocked();
      if (blocked != null) {
        next.finish(faults.blocked(blocked));
      } else if (next.begin(++given)) {
        publish(link, call, next);
      }
    } catch (Throwable thrown) {
      next.finish(faults.notSent(thrown));
    }
  }

  private void publish(AmqpLink link, Call call, AmqpCall next) {
    Message message = call.message();
    try {
      link.publish(
          next,
          messages.routingKey(message),
          AmqpMessages.properties(call),
          AmqpMessages.body(message));
      next.left();
    } catch (AlreadyClosedException e) {
      next.finish(faults.notSent(e));
    } catch (IOException | RuntimeException e) {
      next.finish(faults.halfWritten(e));
    }
  }

  private void expire(AmqpCall call) {
    boolean stuck = call.isBeingWritten();
    call.expire();
    AmqpLink link = links.current();
    if (stuck && link != null) {
      // The thread that writes would wait for as long as the broker does not read.
      link.cut();
    }
  }

  private void ended(AmqpCall call, Outcome outcome) {
    if (outcome instanceof Delivered) {
      delivered.accumulateAndGet(call.number(), Math::max);
    } else if (outcome instanceof RetryLater(Fault fault, _, _)
        && fault == Fault.UNKNOWN
        && delivered.get() < call.number()) {
      AmqpLink link = links.current();
      if (link != null && link.blocked() == null) {
        // What a broker does not read because it is short of something is still on its way.
        inDoubt = true;
      }
    }
    underWay.decrementAndGet();
  }

  @Override
  public void close() {
    timer.shutdown();
    giving.shutdown();
    links.close();
  }
}
