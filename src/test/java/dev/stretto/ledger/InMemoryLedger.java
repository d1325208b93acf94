package dev.stretto.ledger;

import dev.stretto.dispatch.Flight;
import dev.stretto.dispatch.Turn;
import dev.stretto.outbox.Message;
import dev.stretto.outbox.OutboxChannels.Standing;
import dev.stretto.outbox.Settlement;
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

  /** The most messages that were claimed and unsettled after any commit. */
  public int mostClaims() {
    return mostClaims;
  }

  @Override
  public Found open() {
    return new Found(0, 0, null, false);
  }

  @Override
  public List<Flight> commit(Turn turn) {
    for (Flight flight : turn.picked()) {
      if (!flight.message().positioned()) {
        flight.place(++position);
      }
    }
    turn.ended().forEach(this::settle);
    for (Flight flight : turn.released()) {
      claimed.remove(flight.message().position());
      givenBack.put(flight.message().position(), flight.givenBack());
    }
    turn.picked().forEach(flight -> claimed.add(flight.message().position()));
    mostClaims = Math.max(mostClaims, claimed.size());
    return turn.ended();
  }

  private void settle(Flight flight) {
    claimed.remove(flight.message().position());
    settled.put(flight.message().position(), Objects.requireNonNull(flight.settlement()));
  }

  @Override
  public List<Flight> rescue(List<Flight> ended) {
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
