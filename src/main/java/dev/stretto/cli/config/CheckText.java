package dev.stretto.cli.config;

import dev.stretto.cli.output.PlainText;
import dev.stretto.cli.output.TextTable;
import dev.stretto.cli.start.configuration.WrittenPlaces;
import dev.stretto.cli.start.configuration.WrittenPlaces.Written;
import dev.stretto.settings.ChannelSettings;
import dev.stretto.settings.Channels;
import dev.stretto.settings.SettingsCheck;
import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.Look;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What a check found, for people. */
final class CheckText {

  /** So many names are written out. */
  private static final int NAMES = 10;

  private final WrittenPlaces places;
  private final Descriptions descriptions;
  private final List<String> lines = new ArrayList<>();

  CheckText(WrittenPlaces places, Descriptions descriptions) {
    this.places = places;
    this.descriptions = descriptions;
  }

  List<String> lines() {
    return lines;
  }

  void mistakes(List<InvalidSettingException> mistakes) {
    if (mistakes.isEmpty()) {
      lines.add("no mistake was found");
    }
    for (InvalidSettingException mistake : mistakes) {
      lines.add(PlainText.line(mistake.getMessage()));
      Written written = places.of(mistake.property());
      if (written != null && !mistake.problem().contains(written.where())) {
        lines.add("    in " + written.where());
      }
      String meant = descriptions.of(mistake.property());
      if (!meant.isEmpty()) {
        lines.add("    " + meant);
      }
    }
  }

  /** What applies beside the channels. */
  void settings(Map<String, String> values) {
    lines.add("");
    table("", values);
  }

  /** What applies to each; those that don't differ are shown together. */
  void channels(List<SettingsCheck.Checked> channels) {
    Map<Map<String, String>, List<SettingsCheck.Checked>> alike =
        channels.stream()
            .collect(
                Collectors.groupingBy(
                    SettingsCheck.Checked::values, LinkedHashMap::new, Collectors.toList()));
    alike.forEach((values, group) -> {
      lines.add("");
      lines.add(names(group.stream().map(SettingsCheck.Checked::name).toList()));
      table(Channels.prefix(group.getFirst().name()), values);
    });
  }

  private void table(String prefix, Map<String, String> values) {
    List<List<String>> rows = new ArrayList<>();
    values.forEach((name, value) -> {
      Written written = places.of(prefix + name);
      rows.add(
          List.of(
              "  " + name,
              PlainText.line(value),
              written == null ? "(default)" : written.where(),
              descriptions.of(prefix + name)));
    });
    lines.addAll(TextTable.aligned(rows, 4));
  }

  void destinations(List<Destination.Seen> all) {
    for (Destination.Seen seen : all) {
      lines.add("");
      List<String> names =
          seen.destination().channels().stream().map(ChannelSettings::name).toList();
      lines.add(seen.destination().probe().where() + ", of " + names(names));
      seen.look().findings().forEach(this::add);
      seen.narrow().forEach(this::add);
      lines.add("  order    " + order(seen.look().order()) + ": " + seen.look().why());
    }
  }

  private void add(Look.Finding finding) {
    String grade =
        switch (finding.grade()) {
          case FINE -> "  ok       ";
          case WARNING -> "  warning  ";
          case UNAVAILABLE -> "  away     ";
          case REFUSED -> "  refused  ";
        };
    lines.add(grade + PlainText.line(finding.text()));
  }

  private static String order(ArrivalOrder order) {
    return switch (Objects.requireNonNull(order)) {
      case KEPT -> "calls arrive in the order of their starts";
      case NOT_KEPT -> "calls may overtake each other on their way";
      case UNKNOWN -> "not known";
    };
  }

  private static String names(List<String> names) {
    String first = names.stream().limit(NAMES).collect(Collectors.joining(", "));
    return names.size() <= NAMES
        ? first
        : first + " and " + PlainText.number(names.size() - NAMES) + " more";
  }
}
