package dev.stretto.cli.parked;

import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.KnownChannels;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.outbox.admin.ParkedMessages;
import dev.stretto.outbox.admin.ParkedMessages.Decision;
import dev.stretto.settings.Channels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which parked messages a person decides about: those named, or all. */
final class ParkedChoice {

  @Parameters(
      paramLabel = "ID",
      arity = "0..*",
      description = "The messages' ids; all of them must be parked, or nothing is changed.")
  private List<String> ids = new ArrayList<>();

  @Option(names = "--all", description = "Everything that is parked now, instead of ids.")
  private boolean all;

  @Option(
      names = "--channel",
      paramLabel = "C",
      description = "With --all: only this channel, or those of a pattern such as 'customer-*'.")
  private @Nullable String channel;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  boolean json() {
    return json;
  }

  boolean all() {
    return all;
  }

  /**
   * Refuses what contradicts itself.
   *
   * @param channelNeeded whether all of them, whatever the channel, are too many to be meant
   */
  void check(boolean channelNeeded) {
    if (all && !ids.isEmpty()) {
      throw new CommandException(ExitCode.USAGE, "--all: does not go with ids; give one of both");
    }
    if (!all && ids.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE, "name the ids that parked list shows, or give --all");
    }
    if (!all && channel != null) {
      throw new CommandException(
          ExitCode.USAGE, "--channel: goes with --all only; an id is unique in all channels");
    }
    if (all && channelNeeded && channel == null) {
      throw new CommandException(
          ExitCode.USAGE, "--all: needs --channel here, for what is discarded can't come back");
    }
  }

  /** Carries the decision out, and returns how many messages it touched, by channel if all. */
  Map<String, Long> decide(OpenApplication application, Decision decision) {
    ParkedMessages parked = application.get(ParkedMessages.class);
    Map<String, Long> decided = new LinkedHashMap<>();
    if (all) {
      for (String name :
          KnownChannels.of(application.get(Channels.class), parked.channels(), channel)) {
        long count = parked.decideAll(decision, name);
        if (count > 0) {
          decided.put(name, count);
        }
      }
    } else {
      decided.put("", parked.decide(decision, ids));
    }
    return decided;
  }
}
