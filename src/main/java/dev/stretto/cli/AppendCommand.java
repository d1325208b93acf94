package dev.stretto.cli;

import dev.stretto.append.Appender;
import dev.stretto.append.Field;
import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.settings.Channels;
import dev.stretto.settings.NameRule;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads NDJSON and stores each line as a message. */
@Command(
    name = "append",
    header = "Store messages: NDJSON in, one message a line, all or nothing.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "A line is a JSON value and becomes the payload, byte for byte. Blank lines are skipped. A"
          + " bad",
      "line is named by its number and ends the command with 1; then nothing is stored."
    },
    footer = {"", "Example: stretto append --channel space --file messages.ndjson"})
final class AppendCommand implements Callable<Integer> {

  private final CommandContext context;

  @Option(
      names = "--channel",
      required = true,
      paramLabel = "C",
      description = "The configured channel that the messages go to.")
  private String channel = "";

  @Option(names = "--key", paramLabel = "K", description = "The ordering key of all lines.")
  private @Nullable String key;

  @Option(
      names = "--file",
      paramLabel = "F",
      description = "The file to read, or - for standard input (the default).")
  private String file = "-";

  @Option(
      names = "--envelope",
      description =
          "A line is {\"payload\":..., \"key\":..., \"messageId\":..., \"headers\":{...},"
              + " \"contentType\":...}; all but the payload may be left out. A message whose id is"
              + " stored already is skipped.")
  private boolean envelope;

  @Option(
      names = "--content-type",
      paramLabel = "T",
      description = "The media type of the payloads; the default is application/json.")
  private String contentType = "application/json";

  @Option(names = "--json", description = "Print the summary as JSON.")
  private boolean json;

  AppendCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, SQLException {
    NameRule.require("--channel", channel);
    if (key != null) {
      require("--key", Field.KEY, key);
    }
    require("--content-type", Field.CONTENT_TYPE, contentType);
    try (InputStream in = input();
        OpenApplication application = context.open()) {
      application.get(Channels.class).require("--channel", channel);
      Appender.Result result =
          application
              .get(Appender.class)
              .append(in, new Appender.Input(channel, key, contentType, envelope));
      print(result);
    }
    return ExitCode.DONE.code();
  }

  private InputStream input() throws IOException {
    if (file.equals("-")) {
      return new Unclosed(context.in());
    }
    Path path = Path.of(file);
    if (!Files.isReadable(path) || Files.isDirectory(path)) {
      throw new CommandException(ExitCode.USAGE, "--file: there is no readable file " + file);
    }
    return Files.newInputStream(path);
  }

  private static void require(String option, Field field, String value) {
    String problem = field.problem(value);
    if (problem != null) {
      throw new CommandException(ExitCode.USAGE, option + ": " + problem);
    }
  }

  private void print(Appender.Result result) {
    String skipped =
        result.skipped() == 0
            ? ""
            : " (%,d skipped: their ids were there already)".formatted(result.skipped());
    String summary =
        String.format(
            Locale.ROOT,
            "appended %,d message%s to %s%s",
            result.appended(),
            result.appended() == 1 ? "" : "s",
            channel,
            skipped);
    context.done(summary);
    if (result.loneArray()) {
      context.warn(
          "the only line is an array, and was stored as one message; where each of its elements is"
              + " one, give each a line of its own, as jq -c '.[]' does");
    }
    if (json) {
      context.json(new Appended(channel, result.appended(), result.skipped()));
      return;
    }
    context.print("%s", summary);
  }

  private record Appended(String channel, long appended, long skipped) {}

  /** Standard input belongs to the JVM. */
  private static final class Unclosed extends FilterInputStream {
    Unclosed(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return in.read(bytes, offset, length);
    }

    @Override
    public void close() {}
  }
}
