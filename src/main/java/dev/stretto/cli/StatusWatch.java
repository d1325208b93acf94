package dev.stretto.cli;

import dev.stretto.cli.start.CommandContext;
import dev.stretto.report.ChannelStatus;
import dev.stretto.settings.Channels;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Shows the channels' state again and again, whatever happens to the database meanwhile. */
final class StatusWatch {

  private final CommandContext context;
  private final Reader reader;
  private final WatchScreen screen;
  private final boolean json;
  private final Clock clock;
  private final LongSupplier nanos;
  private final DeliveryRates rates = new DeliveryRates();

  /**
   * @param nanos a monotonic clock
   */
  StatusWatch(
      CommandContext context,
      Reader reader,
      WatchScreen screen,
      boolean json,
      Clock clock,
      LongSupplier nanos) {
    this.context = context;
    this.reader = reader;
    this.screen = screen;
    this.json = json;
    this.clock = clock;
    this.nanos = nanos;
  }

  /** What there is to be shown. */
  record Seen(List<ChannelStatus> rows, Channels channels) {}

  /** Reads it; fails where it can't be read now. */
  interface Reader {
    Seen read();
  }

  /** Waits between two looks. */
  interface Waiting {

    /** Returns whether there is to be no other look, once that is so or the time is over. */
    boolean isOver(Duration time) throws InterruptedException;
  }

  /**
   * Looks once each period, until it is over or nobody reads what is written. Where the first look
   * fails so does this; later ones that fail are said.
   */
  void run(Duration period, Waiting waiting) throws InterruptedException {
    show(reader.read());
    while (!context.unheard() && !waiting.isOver(period)) {
      try {
        show(reader.read());
      } catch (RuntimeException e) {
        lost(Failures.line(e));
      }
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  private void show(Seen seen) {
    Map<String, Double> perSecond = rates.since(seen.rows(), nanos.getAsLong());
    if (json) {
      context.json(
          new Watched(now(), StatusJson.of(seen.rows(), seen.channels(), perSecond).channels()));
      context.flush();
    } else {
      List<String> lines = new ArrayList<>();
      lines.add(now().toString());
      lines.addAll(new StatusTable(seen.rows(), seen.channels(), perSecond).lines());
      screen.show(lines);
    }
  }

  private void lost(String why) {
    if (json) {
      context.json(new Lost(now(), why));
      context.flush();
    } else {
      screen.add(now() + ": " + why + "; tries again");
    }
  }

  private record Watched(Instant at, List<StatusJson.Row> channels) {}

  private record Lost(Instant at, String error) {}
}
