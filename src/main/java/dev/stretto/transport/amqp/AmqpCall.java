package dev.stretto.transport.amqp;

import dev.stretto.message.Message;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport.Progress;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One message on its way to a broker; tells its progress, each step once. */
final class AmqpCall {

  private final Message message;
  private final Refused unroutable;
  private final AmqpFaults faults;
  private final Progress progress;

  /** Told of the outcome before anybody else is. */
  private final BiConsumer<AmqpCall, Outcome> ended;

  private @Nullable Future<?> expiry;

  /** The place among all calls; set by the giving thread before it is written. */
  private volatile long number;

  /** What the broker said where it has no queue for it; null where it has. */
  private volatile @Nullable String returned;

  /** Whether the broker may have it. Guarded by this. */
  private boolean begun;

  /** Whether it is written. Guarded by this. */
  private boolean left;

  /** Guarded by this, and so is telling the progress. */
  private boolean over;

  /**
   * @param unroutable whom the broker refuses that has no queue for it
   */
  AmqpCall(
      Message message,
      Refused unroutable,
      AmqpFaults faults,
      Progress progress,
      BiConsumer<AmqpCall, Outcome> ended) {
    this.message = message;
    this.unroutable = unroutable;
    this.faults = faults;
    this.progress = progress;
    this.ended = ended;
  }

  String id() {
    return message.messageId();
  }

  AmqpFaults faults() {
    return faults;
  }

  long number() {
    return number;
  }

  /** Sets what is cancelled when the call ends in time; to be called before it is given away. */
  void expireWith(Future<?> timer) {
    expiry = timer;
  }

  /** It is written from now on; false where its time was over before. */
  synchronized boolean begin(long place) {
    number = place;
    begun = !over;
    return begun;
  }

  synchronized void left() {
    left = true;
    if (!over) {
      progress.handedOver();
    }
  }

  /** Whether it is being written now. */
  synchronized boolean isBeingWritten() {
    return begun && !left;
  }

  void returned(String reason) {
    returned = reason;
  }

  /** The broker has taken it, or has found no queue for it. */
  void confirmed() {
    String reason = returned;
    finish(reason == null ? new Delivered() : new Rejected(unroutable, faults.noQueue(reason)));
  }

  /** The broker could not take it. */
  void refused() {
    finish(new RetryLater(Fault.FAILED, "the broker could not take the message (nack)", null));
  }

  /** Its time is over. */
  synchronized void expire() {
    finish(begun ? faults.unconfirmed() : faults.unwritten());
  }

  /** It is over; only the first outcome counts. */
  synchronized void finish(Outcome outcome) {
    if (!over) {
      over = true;
      if (expiry != null) {
        expiry.cancel(false);
      }
      ended.accept(this, outcome);
      progress.finished(outcome);
    }
  }
}
