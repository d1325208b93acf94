package dev.stretto.run;

import dev.stretto.dispatch.Task;
import dev.stretto.dispatch.Turn;
import dev.stretto.ledger.ChannelLedger;
import dev.stretto.message.Message;
import dev.stretto.outbox.ChannelGates.Standing;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Measures the transactions of another ledger, and changes nothing about them.
 *
 * @param commits the time of each
 */
record MeasuredLedger(ChannelLedger ledger, Timer commits) implements ChannelLedger {

  @Override
  public Found open() {
    return ledger.open();
  }

  @Override
  public List<Task> commit(Turn turn) {
    return commits.record(() -> ledger.commit(turn));
  }

  @Override
  public List<Task> rescue(List<Task> ended) {
    return commits.record(() -> ledger.rescue(ended));
  }

  @Override
  public List<Message> write(List<Message> unpositioned, LongFunction<List<Message>> work) {
    return commits.record(() -> ledger.write(unpositioned, work));
  }

  @Override
  public void note(@Nullable Standing standing) {
    ledger.note(standing);
  }

  @Override
  public long nanosUntilDue() {
    return ledger.nanosUntilDue();
  }

  @Override
  public void close() {
    ledger.close();
  }
}
