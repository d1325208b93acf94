package dev.stretto.ledger;

import dev.stretto.dispatch.Flight;
import dev.stretto.outbox.Claims;
import dev.stretto.outbox.Claims.Claim;
import dev.stretto.outbox.Message;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What is claimed and not settled, and whose rows don't say so yet. Most calls end so soon that
 * telling it in the row too, for people to see, would only double the writing. Times are
 * nanoseconds on any clock that never jumps. Used on the recorder's thread only.
 */
final class ClaimedFlights {

  /** How old a claim is when its message's row is to show it. */
  static final Duration SHOWN_AFTER = Duration.ofMillis(250);

  private final TreeMap<Long, Claim> byPosition = new TreeMap<>();

  /** In the order of their claims, those that were settled meanwhile among them. */
  private final ArrayDeque<Unshown> unshown = new ArrayDeque<>();

  private record Unshown(Flight flight, long showAt) {}

  void claim(List<Flight> flights, long now) {
    for (Flight flight : flights) {
      Message message = flight.message();
      byPosition.put(message.position(), new Claim(message.position(), message.id()));
      unshown.add(new Unshown(flight, now + SHOWN_AFTER.toNanos()));
    }
  }

  void settle(List<Flight> flights) {
    flights.forEach(flight -> byPosition.remove(flight.message().position()));
    while (!unshown.isEmpty() && settled(unshown.element().flight())) {
      unshown.remove();
    }
  }

  private boolean settled(Flight flight) {
    return !byPosition.containsKey(flight.message().position());
  }

  Claims claims() {
    return new Claims(List.copyOf(byPosition.values()));
  }

  /** Takes those whose rows are to show it now; they are not returned again. */
  List<Message> takeShowable(long now) {
    List<Message> showable = new ArrayList<>();
    for (Unshown first = unshown.peek();
        first != null && first.showAt() - now <= 0;
        first = unshown.peek()) {
      if (!settled(first.flight())) {
        showable.add(first.flight().message());
      }
      unshown.remove();
    }
    return showable;
  }

  /** How long until {@link #takeShowable} may have something; {@code Long.MAX_VALUE} if never. */
  long nanosUntilShowable(long now) {
    Unshown first = unshown.peek();
    return first == null ? Long.MAX_VALUE : Math.max(0, first.showAt() - now);
  }
}
