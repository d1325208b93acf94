package dev.stretto.cli.metrics;

import dev.stretto.batch.RunHistory;
import dev.stretto.batch.RunHistory.LastRuns;
import dev.stretto.cli.start.KnownChannels;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.dispatch.Clocks;
import dev.stretto.outbox.Counting;
import dev.stretto.report.ChannelRecord;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.settings.Channels;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads from the database what is measured of channels. Thread-safe. */
final class ChannelReadings {

  private final Channels channels;
  private final ChannelStatuses statuses;
  private final Counting counting;
  private final RunHistory history;
  private final Clocks clocks;

  ChannelReadings(OpenApplication application) {
    this.channels = application.get(Channels.class);
    this.statuses = application.get(ChannelStatuses.class);
    this.counting = application.get(Counting.class);
    this.history = application.get(RunHistory.class);
    this.clocks = application.get(Clocks.class);
  }

  Instant now() {
    return clocks.clock().instant();
  }

  /**
   * Those of some channels.
   *
   * @param patterns names or patterns, as a person gave them; none for all channels
   */
  List<ChannelReading> of(List<String> patterns) throws SQLException {
    Collection<String> names = names(patterns, statuses.known());
    // What it has to count anyway is kept, so that nobody counts it again.
    counting.catchUpIfPossible(names);
    List<ChannelRecord> records = names.stream().map(statuses::recordOf).toList();
    Map<String, Long> lastRuns = new HashMap<>();
    for (ChannelRecord record : records) {
      Long run = record.status().lastRun();
      if (run != null) {
        lastRuns.put(record.status().channel(), run);
      }
    }
    Map<String, LastRuns> runs = lastRuns.isEmpty() ? Map.of() : history.last(lastRuns);
    return records.stream()
        .map(record -> {
          String name = record.status().channel();
          return new ChannelReading(record, runs.get(name), channels.isConfigured(name));
        })
        .toList();
  }

  /** One channel that can't be used says nothing against the others. */
  private Set<String> names(List<String> patterns, Set<String> stored) {
    Set<String> names = new TreeSet<>();
    patterns.forEach(pattern -> names.addAll(KnownChannels.of(channels, stored, pattern)));
    if (patterns.isEmpty()) {
      names.addAll(channels.names());
      names.addAll(stored);
    }
    return names;
  }
}
