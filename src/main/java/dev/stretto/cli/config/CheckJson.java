package dev.stretto.cli.config;

import dev.stretto.cli.start.configuration.WrittenPlaces;
import dev.stretto.cli.start.configuration.WrittenPlaces.Written;
import dev.stretto.settings.ChannelSettings;
import dev.stretto.settings.Channels;
import dev.stretto.settings.SettingsCheck;
import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.Look;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a check found, for programs. */
final class CheckJson {

  private final WrittenPlaces places;
  private final Descriptions descriptions;

  CheckJson(WrittenPlaces places, Descriptions descriptions) {
    this.places = places;
    this.descriptions = descriptions;
  }

  private record Document(
      List<Mistake> mistakes,
      List<Setting> settings,
      List<Channel> channels,
      List<Destined> destinations) {}

  private record Mistake(
      String property, String problem, @Nullable String from, String description) {}

  private record Setting(
      String property, String value, @Nullable String from, String description) {}

  private record Channel(String channel, List<Setting> settings) {}

  private record Found(String grade, String text) {}

  private record Destined(
      String destination,
      List<String> channels,
      List<Found> findings,
      @Nullable Boolean arrivesInOrder,
      String why,
      @Nullable Integer streams) {}

  Object of(
      List<InvalidSettingException> mistakes,
      SettingsCheck check,
      List<SettingsCheck.Checked> channels,
      List<Destination.Seen> destinations) {
    return new Document(
        mistakes.stream()
            .map(mistake ->
                new Mistake(
                    mistake.property(),
                    mistake.problem(),
                    from(mistake.property()),
                    descriptions.of(mistake.property())))
            .toList(),
        settings("", check.values()),
        channels.stream()
            .map(channel ->
                new Channel(
                    channel.name(), settings(Channels.prefix(channel.name()), channel.values())))
            .toList(),
        destinations.stream().map(CheckJson::destined).toList());
  }

  private List<Setting> settings(String prefix, Map<String, String> values) {
    List<Setting> settings = new ArrayList<>();
    values.forEach((name, value) ->
        settings.add(
            new Setting(name, value, from(prefix + name), descriptions.of(prefix + name))));
    return settings;
  }

  private @Nullable String from(String property) {
    Written written = places.of(property);
    return written == null ? null : written.where();
  }

  private static Destined destined(Destination.Seen seen) {
    List<Look.Finding> findings = new ArrayList<>(seen.look().findings());
    findings.addAll(seen.narrow());
    return new Destined(
        seen.destination().probe().where(),
        seen.destination().channels().stream().map(ChannelSettings::name).toList(),
        findings.stream()
            .map(finding ->
                new Found(finding.grade().name().toLowerCase(Locale.ROOT), finding.text()))
            .toList(),
        inOrder(seen.look().order()),
        seen.look().why(),
        seen.look().streams());
  }

  private static @Nullable Boolean inOrder(ArrivalOrder order) {
    return switch (order) {
      case KEPT -> true;
      case NOT_KEPT -> false;
      case UNKNOWN -> null;
    };
  }
}
