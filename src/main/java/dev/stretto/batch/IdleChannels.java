package dev.stretto.batch;

import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.lease.LeaseView;
import dev.stretto.lease.Pause;
import dev.stretto.lease.Pauses;
import dev.stretto.ledger.Ledgers;
import dev.stretto.outbox.LaneTable;
import dev.stretto.outbox.MessageTable;
import dev.stretto.run.OpenChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Finds out with a few reads, without Spring Batch and without a lease, on which channels a
 * dispatch would send nothing, as on most that cron has dispatched.
 */
public final class IdleChannels {

  private final LeaseView leases;
  private final Pauses pauses;
  private final MessageTable messages;
  private final LaneTable lanes;

  public IdleChannels(JdbcTemplate jdbc) {
    this.leases = new LeaseView(jdbc);
    this.pauses = new Pauses(jdbc);
    this.messages = new MessageTable(jdbc);
    this.lanes = new LaneTable(jdbc);
  }

  /**
   * Those of these channels on which nothing waits that a run could send, and that nobody holds;
   * and those that somebody has paused.
   *
   * @return their names, in the same order
   */
  public Set<String> among(Iterable<OpenChannel> channels) {
    Set<String> idle = new LinkedHashSet<>();
    Map<Ordering, List<String>> orders = new EnumMap<>(Ordering.class);
    for (OpenChannel channel : channels) {
      idle.add(channel.name());
      orders
          .computeIfAbsent(channel.settings().dispatch().ordering(), order -> new ArrayList<>())
          .add(channel.name());
    }
    // Whoever died while it ran is still noted as the lease's owner.
    idle.removeAll(leases.owned());
    orders.forEach(
        (ordering, names) -> idle.removeAll(Ledgers.waiting(messages, lanes, names, ordering)));
    Set<String> paused = paused();
    if (!paused.isEmpty()) {
      orders.values().forEach(names -> names.stream().filter(paused::contains).forEach(idle::add));
    }
    return idle;
  }

  /**
   * What a dispatch says of channels that are idle: few queries where nothing is left in them.
   *
   * @param elapsed how long it took, asked for each
   */
  public List<RunResult> results(Collection<String> channels, Supplier<Duration> elapsed) {
    Set<String> unsettled = messages.unsettledIn(channels);
    return channels.stream()
        .map(channel ->
            unsettled.contains(channel)
                ? result(channel, elapsed.get())
                : new RunResult.NothingToDo(channel, 0, elapsed.get()))
        .toList();
  }

  /** What a dispatch says of a channel that is idle. */
  public RunResult result(String channel, Duration elapsed) {
    long remaining = messages.unsettled(channel);
    String paused = remaining == 0 ? null : paused(channel);
    return paused == null
        ? new RunResult.NothingToDo(channel, remaining, elapsed)
        : new RunResult.Paused(channel, paused, remaining, elapsed);
  }

  /** The channels that somebody has paused. */
  Set<String> paused() {
    return leases.paused();
  }

  /** Since when, by whom and why nothing starts on a channel; null where it may. */
  @Nullable String paused(String channel) {
    Pause pause = pauses.of(channel);
    return pause == null ? null : pause.text();
  }
}
