package dev.stretto.cli.start;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The option that names some of the channels. */
public final class ChannelsOption {

  @Option(
      names = "--channel",
      paramLabel = "C",
      description =
          "Only this channel, or those that a pattern such as 'customer-*' means; may be repeated.")
  private List<String> named = new ArrayList<>();

  /** Names and patterns as a person gave them; empty for all channels. */
  public List<String> named() {
    return named;
  }
}
