package dev.stretto.transport.kafka;

import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The way to one topic.
 *
 * <p>What is guaranteed of the order: a call has left once its record is in the producer's queue of
 * its partition, which an idempotent producer empties in order, and the next is started only then.
 * From one producer to the next the order holds because nothing goes to the next before everything
 * on the one before is over. {@code KafkaOrderTest} and {@code KafkaFaultsTest} fail without it.
 */
final class KafkaTransport implements Transport {

  /** Of a call that was chosen before the producer was in doubt. */
  private static final Outcome OTHERS_FIRST =
      new RetryLater(Fault.UNTAKEN, "the producer is replaced once its calls are over", null);

  private final int window;
  private final Duration connectTimeout;
  private final KafkaRecords records;
  private final KafkaFaults faults;
  private final Producers producers;

  /** Its one thread gives records to the producer, which may block. */
  private final ExecutorService giving;

  private final AtomicInteger underWay = new AtomicInteger();

  /** The number of the latest call that was delivered. */
  private final AtomicLong delivered = new AtomicLong();

  /** Whether the producer is to be replaced once nothing is under way on it. */
  private volatile boolean inDoubt;

  /** How many calls were given to a producer; touched by the giving thread only. */
  private long given;

  /** What the brokers said of the topic, and until when they are not asked again. */
  private record NoTopic(Outcome outcome, long until) {}

  /** Touched by the giving thread only. */
  private @Nullable NoTopic noTopic;

  KafkaTransport(String channel, KafkaSettings settings, int window, Producers producers) {
    this.window = window;
    this.connectTimeout = settings.connectTimeout();
    this.records = new KafkaRecords(settings.name(), channel);
    this.faults = new KafkaFaults(settings);
    this.producers = producers;
    ThreadFactory threads = Thread.ofVirtual().name("kafka-" + channel).factory();
    this.giving =
        Executors.newSingleThreadExecutor(work -> {
          Thread thread = threads.newThread(work);
          // The client finds what settings name by it.
          thread.setContextClassLoader(KafkaTransport.class.getClassLoader());
          return thread;
        });
  }

  /** One while the producer is in doubt, so that what is under way on it ends. */
  @Override
  public int capacity() {
    return inDoubt ? 1 : window;
  }

  @Override
  public void start(Call call, Progress progress) {
    Message message = call.message();
    String problem = KafkaRecords.problem(message);
    if (problem != null) {
      progress.finished(new Rejected(Refused.UNSENDABLE, problem));
      return;
    }
    if (inDoubt && underWay.get() > 0) {
      progress.finished(OTHERS_FIRST);
      return;
    }
    underWay.incrementAndGet();
    KafkaCall next = new KafkaCall(progress);
    try {
      giving.execute(() -> give(call, next));
    } catch (RejectedExecutionException e) {
      // The run is over.
      next.failed(faults.notSent(e));
    }
  }

  private void give(Call call, KafkaCall next) {
    next.number = ++given;
    next.giver = Thread.currentThread();
    try {
      if (inDoubt) {
        if (underWay.get() > 1) {
          next.failed(OTHERS_FIRST);
          return;
        }
        // INVARIANT (order of arrival): this call alone is under way.
        producers.drop();
        inDoubt = false;
      }
      NoTopic known = noTopic;
      if (known != null && known.until() - System.nanoTime() > 0) {
        next.failed(known.outcome());
        return;
      }
      var _ = producers.get().send(records.of(call), next);
      next.left();
    } catch (Throwable thrown) {
      next.failed(notSent(thrown));
    }
  }

  /** Finding out that there is no topic takes the time to connect, each time. */
  private Outcome notSent(Throwable thrown) {
    Outcome outcome = faults.notSent(thrown);
    if (faults.isNoTopic(outcome)) {
      noTopic = new NoTopic(outcome, System.nanoTime() + connectTimeout.toNanos());
    }
    return outcome;
  }

  @Override
  public void close() {
    giving.shutdown();
    producers.close();
  }

  /** One record on its way; tells its progress, each step once. */
  private final class KafkaCall implements Callback {

    private final Progress progress;

    /** The place among all calls, and who gives it to the producer; set before anybody asks. */
    private long number;

    private @Nullable Thread giver;

    /** Guarded by this, and so is telling the progress. */
    private boolean over;

    KafkaCall(Progress progress) {
      this.progress = progress;
    }

    /** On the giving thread where the producer did not take the record, else on the client's. */
    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
      if (failure == null) {
        delivered.accumulateAndGet(number, Math::max);
        finish(new Delivered());
      } else if (Thread.currentThread() == giver) {
        failed(notSent(failure));
      } else {
        failed(faults.unanswered(failure));
      }
    }

    void failed(Outcome outcome) {
      boolean ofTheMessage =
          outcome instanceof Rejected(Refused refused, _) && refused == Refused.MESSAGE;
      if (!ofTheMessage && delivered.get() < number) {
        inDoubt = true;
      }
      finish(outcome);
    }

    synchronized void left() {
      if (!over) {
        progress.handedOver();
      }
    }

    private synchronized void finish(Outcome outcome) {
      if (!over) {
        over = true;
        underWay.decrementAndGet();
        progress.finished(outcome);
      }
    }
  }
}
