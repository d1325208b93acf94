package dev.stretto.cli;

import dev.stretto.cli.output.PlainText;
import dev.stretto.cli.output.TextTable;
import dev.stretto.cli.start.KnownChannels;
import dev.stretto.lease.Pause;
import dev.stretto.outbox.admin.OutboxView;
import dev.stretto.report.ChannelStatus;
import dev.stretto.settings.Channels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The channels' state for people: a table, and below it a line for each thing that needs one.
 *
 * @param perSecond how many messages a second are delivered, by channel, as far as that is known;
 *     null where it is not asked for
 */
record StatusTable(
    List<ChannelStatus> rows, Channels channels, @Nullable Map<String, Double> perSecond) {

  private static final int RATE = 4;

  private static final List<String> TITLES =
      List.of(
          "CHANNEL", "PENDING", "IN FLIGHT", "DELIVERED", "PARKED", "DISCARDED", "OLDEST", "RUN");

  List<String> lines() {
    if (rows.isEmpty()) {
      return List.of(KnownChannels.NONE);
    }
    List<List<String>> cells = new ArrayList<>();
    cells.add(withRate(TITLES, "SENT/S"));
    rows.forEach(row -> cells.add(withRate(cells(row), rate(row.channel()))));
    List<String> lines = new ArrayList<>(TextTable.aligned(cells, 1));
    rows.forEach(row -> notes(row).forEach(note -> lines.add(row.channel() + ": " + note)));
    return lines;
  }

  private List<String> withRate(List<String> cells, String rate) {
    if (perSecond == null) {
      return cells;
    }
    List<String> all = new ArrayList<>(cells);
    all.add(RATE, rate);
    return all;
  }

  private String rate(String channel) {
    Double rate = perSecond == null ? null : perSecond.get(channel);
    return rate == null ? "-" : String.format(Locale.ROOT, "%,.1f", rate);
  }

  private static List<String> cells(ChannelStatus row) {
    return List.of(
        row.channel(),
        PlainText.number(row.pending()),
        PlainText.number(row.inFlight()),
        PlainText.number(row.delivered()),
        PlainText.number(row.parked()),
        PlainText.number(row.discarded()),
        age(row.oldestPending()),
        row.lastRun() == null ? "-" : row.lastRun().toString());
  }

  private List<String> notes(ChannelStatus row) {
    List<String> notes = new ArrayList<>();
    if (!channels.isConfigured(row.channel())) {
      notes.add("not in the configuration");
    }
    Pause pause = row.paused();
    if (pause != null) {
      notes.add(
          PlainText.line(pause.text()) + "; stretto resume " + row.channel() + " ends the pause");
    }
    if (row.late() > 0) {
      notes.add(
          (row.late() == 1 ? "1 message was" : PlainText.number(row.late()) + " messages were")
              + " committed later than messages with higher ids, and went behind them");
    }
    long blocked = row.blockedKeys();
    if (blocked > 0) {
      notes.add(
          (blocked == 1 ? "1 ordering key is" : PlainText.number(blocked) + " ordering keys are")
              + " blocked by a parked message");
    }
    ChannelStatus.Lease lease = row.lease();
    if (lease != null) {
      notes.add(
          lease.remaining().isPositive()
              ? "held by " + lease.owner() + ", lease renewed or over in " + age(lease.remaining())
              : "was held by "
                  + lease.owner()
                  + ", whose lease ran out "
                  + age(lease.remaining().negated())
                  + " ago");
    }
    OutboxView.ClosedKeys closed = row.closedKeys();
    if (closed != null) {
      notes.add(
          (closed.count() == 1
                  ? "1 ordering key is closed until "
                  : PlainText.number(closed.count())
                      + " ordering keys are closed, the first until ")
              + closed.firstOpens());
    }
    OutboxView.Gate gate = row.gate();
    if (gate != null) {
      notes.add(
          "stands still"
              + (gate.since() == null ? "" : " since " + gate.since())
              + (gate.reason() == null ? "" : ": " + gate.reason()));
      if (gate.closedUntil() != null) {
        notes.add(
            "starts nothing before "
                + gate.closedUntil()
                + ", as the destination asked; stretto open "
                + row.channel()
                + " lets the next dispatch start at once");
      }
    }
    return notes;
  }

  private static String age(@Nullable Duration duration) {
    if (duration == null) {
      return "-";
    }
    if (duration.toDays() > 0) {
      return duration.toDays() + "d " + duration.toHoursPart() + "h";
    }
    if (duration.toHours() > 0) {
      return duration.toHours() + "h " + duration.toMinutesPart() + "m";
    }
    return duration.toMinutes() > 0
        ? duration.toMinutes() + "m " + duration.toSecondsPart() + "s"
        : duration.toSeconds() + "s";
  }
}
