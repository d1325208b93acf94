package dev.stretto.cli.config;

import dev.stretto.cli.output.ExitCode;
import dev.stretto.settings.ChannelSettings;
import dev.stretto.settings.SettingsCheck;
import dev.stretto.transport.Look;
import dev.stretto.transport.Look.Grade;
import dev.stretto.transport.Probe;
import dev.stretto.transport.TransportType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What one look is taken at, for all the channels that it is the same for.
 *
 * @param channels one or more
 */
record Destination(Probe probe, List<ChannelSettings> channels) {

  /** So many looks are under way at once. */
  private static final int AT_ONCE = 16;

  /** Those of channels without mistakes that can be looked at, each once. */
  static List<Destination> of(List<SettingsCheck.Checked> channels) {
    Map<Object, Destination> all = new LinkedHashMap<>();
    for (SettingsCheck.Checked channel : channels) {
      ChannelSettings settings = Objects.requireNonNull(channel.settings());
      TransportType type = Objects.requireNonNull(channel.type());
      Probe probe = type.probe(channel.name(), settings.transportSettings());
      if (probe != null) {
        all.computeIfAbsent(probe.key(), key -> new Destination(probe, new ArrayList<>()))
            .channels()
            .add(settings);
      }
    }
    return List.copyOf(all.values());
  }

  /** What a look found. */
  record Seen(Destination destination, Look look) {

    /** What it means to whoever started this. */
    ExitCode code() {
      return look.findings().stream()
          .map(finding ->
              switch (finding.grade()) {
                case FINE, WARNING -> ExitCode.DONE;
                case UNAVAILABLE -> ExitCode.TRY_LATER;
                case REFUSED -> ExitCode.FAILED;
              })
          .reduce(ExitCode.DONE, ExitCode::or);
    }

    /** Of the channels that want more calls under way than the destination allows. */
    List<Look.Finding> narrow() {
      Integer streams = look.streams();
      return streams == null
          ? List.of()
          : destination.channels().stream()
              .filter(channel -> channel.dispatch().window() > streams)
              .map(channel ->
                  new Look.Finding(
                      Grade.WARNING,
                      channel.name()
                          + ": of its window of "
                          + channel.dispatch().window()
                          + " only "
                          + streams
                          + " calls can be under way"))
              .toList();
    }
  }

  /** Looks at all of them, several at once. */
  static List<Seen> look(List<Destination> destinations) throws InterruptedException {
    try (ExecutorService threads =
        Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().name("look-", 0).factory())) {
      List<Future<Look>> looks =
          destinations.stream()
              .map(destination -> threads.submit(destination.probe()::look))
              .toList();
      List<Seen> seen = new ArrayList<>();
      for (int i = 0; i < looks.size(); i++) {
        seen.add(new Seen(destinations.get(i), looks.get(i).get()));
      }
      return seen;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a look threw", e);
    }
  }
}
