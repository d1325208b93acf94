package dev.stretto.ledger;

import dev.stretto.dispatch.Task;
import dev.stretto.dispatch.Turn;
import dev.stretto.message.ClosedKey;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import dev.stretto.outbox.ChannelGates.Standing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A ledger of a channel that nobody had before, for tests of what happens around it. */
public final class InMemoryLedger implements ChannelLedger {

  private final Map<Long, Settlement> settled = new LinkedHashMap<>();
  private final Map<Long, Settlement> givenBack = new LinkedHashMap<>();
  private final Set<Long> claimed = new HashSet<>();
  private final List<ClosedKey> closed = new ArrayList<>();
  private int mostClaims;
  private long position;

  /** What became of messages, by their positions. */
  public Map<Long, Settlement> settled() {
    return settled;
  }

  /** What was recorded of those that gave their claims back, by their positions. */
  public Map<Long, Settlement> givenBack() {
    return givenBack;
  }

  /** The keys that were closed, in order. */
  public List<ClosedKey> closed() {
    return closed;
  }

  /** The most messages that were claimed and unsettled after any commit. */
  public int mostClaims() {
    return mostClaims;
  }

  @Override
  public Found open() {
    return new Found(0, 0, null, false, List.of());
  }

  @Override
  public List<Task> commit(Turn turn) {
    for (Task task : turn.picked()) {
      if (!task.message().positioned()) {
        task.place(++position);
      }
    }
    turn.ended().forEach(this::settle);
    for (Task task : turn.released()) {
      claimed.remove(task.message().position());
      givenBack.put(task.message().position(), task.givenBack());
    }
    closed.addAll(turn.closed());
    turn.picked().forEach(task -> claimed.add(task.message().position()));
    mostClaims = Math.max(mostClaims, claimed.size());
    return turn.ended();
  }

  private void settle(Task task) {
    claimed.remove(task.message().position());
    settled.put(task.message().position(), Objects.requireNonNull(task.settlement()));
  }

  @Override
  public List<Task> rescue(List<Task> ended) {
    ended.forEach(this::settle);
    return ended;
  }

  @Override
  public List<Message> write(List<Message> unpositioned, LongFunction<List<Message>> work) {
    long last = position;
    position += unpositioned.size();
    return work.apply(last);
  }

  @Override
  public void note(@Nullable Standing standing) {
    // Nobody looks.
  }

  @Override
  public long nanosUntilDue() {
    return Long.MAX_VALUE;
  }

  @Override
  public void close() {
    // All is where it belongs.
  }
}
