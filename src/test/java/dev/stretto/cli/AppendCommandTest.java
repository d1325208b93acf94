package dev.stretto.cli;

import static dev.stretto.cli.CommandLineRun.lines;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppendCommandTest {

  @TempDir Path folder;
  private CommandLineRun stretto;

  @BeforeEach
  void setUp() {
    stretto = new CommandLineRun(folder);
  }

  @Test
  void storesStandardInputAndSaysHowMuch() {
    Result result = stretto.run(lines("{\"a\":1}", "", "2"), "append", "--channel", "space");

    assertThat(result).isEqualTo(new Result(0, line("appended 2 messages to space"), ""));
  }

  @Test
  void storesAFileAndPrintsJson() throws IOException {
    Path file = Files.write(folder.resolve("in.ndjson"), lines("1", "2", "3"));

    Result result =
        stretto.run("append", "--channel", "space", "--json", "--file", file.toString());

    assertThat(result)
        .isEqualTo(new Result(0, line("{\"channel\":\"space\",\"appended\":3,\"skipped\":0}"), ""));
  }

  @Test
  void skipsMessageIdsThatAreThereAndCountsThem() {
    byte[] input =
        lines("{\"payload\":1,\"messageId\":\"a\"}", "{\"payload\":2,\"messageId\":\"b\"}");

    stretto.run(input, "append", "--channel", "space", "--envelope");
    Result again = stretto.run(input, "append", "--channel", "space", "--envelope");

    assertThat(again)
        .isEqualTo(
            new Result(
                0,
                line("appended 0 messages to space (2 skipped: their ids were there already)"),
                ""));
  }

  @Test
  void emptyInputStoresNothingAndIsFine() {
    assertThat(stretto.run("append", "--channel", "space"))
        .isEqualTo(new Result(0, line("appended 0 messages to space"), ""));
  }

  @Test
  void aBadLineIsNamedAndNothingIsStored() {
    Result result =
        stretto.run(lines("{\"a\":1}", "{\"a\":", "{}"), "append", "--channel", "space");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            line(
                "stretto: line 2: not JSON: ends too early; is each message on a line of its own?"
                    + " (column 6); nothing was stored"));
    assertThat(stretto.run("status").out()).contains("\nspace          0 ");
  }

  @Test
  void whatIsStoredIsSaidToBeEvenWhereItCantBePrinted() {
    for (String why : new String[] {"No space left on device", "Broken pipe"}) {
      StringWriter err = new StringWriter();
      List<String> arguments = new ArrayList<>(List.of("append", "--channel", "space"));
      arguments.addAll(stretto.properties());

      int code =
          new CommandLineMain(
                  new ByteArrayInputStream(lines("1", "2")),
                  new UnwritableOutput(why),
                  new PrintWriter(err))
              .run(arguments.toArray(String[]::new));

      assertThat(code).isZero();
      assertThat(err.toString())
          .isEqualTo(
              line("stretto: appended 2 messages to space; standard output can't be written"));
    }
    assertThat(stretto.run("status").out()).contains("\nspace          4 ");
  }

  @Test
  void anIdThatStandsForTwoMessagesIsRefusedWithBothLines() {
    byte[] input =
        lines(
            "{\"payload\":1,\"messageId\":\"a\"}",
            "",
            "{\"payload\":2,\"messageId\":\"b\"}",
            "{\"payload\":1,\"messageId\":\"a\"}",
            "{\"payload\":3,\"messageId\":\"b\"}");

    Result result = stretto.run(input, "append", "--channel", "space", "--envelope");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            line(
                "stretto: line 5: has the message id of line 3, but says something else; give each"
                    + " message an id of its own; nothing was stored"));
    assertThat(stretto.run("status").out()).contains("\nspace          0 ");
  }

  @Test
  void anArrayThatIsTheOnlyLineIsAskedAbout() {
    Result alone = stretto.run(lines("[1,2]"), "append", "--channel", "space");
    Result among = stretto.run(lines("[1,2]", "[3]"), "append", "--channel", "space");
    Result envelopes = stretto.run(lines("[{}]"), "append", "--channel", "space", "--envelope");

    assertThat(alone.code()).isZero();
    assertThat(alone.out()).isEqualTo(line("appended 1 message to space"));
    assertThat(alone.err()).startsWith("stretto: the only line is an array").hasLineCount(1);
    assertThat(among).isEqualTo(new Result(0, line("appended 2 messages to space"), ""));
    assertThat(envelopes.code()).isEqualTo(1);
    assertThat(envelopes.err()).contains("not an array; give each a line of its own");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\" a\"", "\"a \"", "\" \"", "\"\""})
  void anIdThatLooksLikeAnotherIsRefused(String id) {
    for (String field : new String[] {"messageId", "contentType"}) {
      Result result =
          stretto.run(
              lines("{\"payload\":1,\"" + field + "\":" + id + "}"),
              "append",
              "--channel",
              "space",
              "--envelope");

      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err()).startsWith("stretto: line 1: " + field + " ").hasLineCount(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "text/plain "})
  void aContentTypeThatIsNoneIsRefused(String type) {
    Result result = stretto.run(lines("1"), "append", "--channel", "space", "--content-type", type);

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).startsWith("stretto: --content-type: ").hasLineCount(1);
  }

  @Test
  void aChannelThatCantBeOneIsToldTheRule() {
    Result result = stretto.run(lines("1"), "append", "--channel", "my chan");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .startsWith("stretto: --channel: 'my chan' can't be a channel's name")
        .contains("my-chan would do")
        .hasLineCount(1);
  }

  @Test
  void aChannelThatIsNotConfiguredIsRefused() {
    Result result = stretto.run(lines("1"), "append", "--channel", "spcae");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo(
            line(
                "stretto: --channel: there is no channel spcae in the configuration; it has"
                    + " space"));
  }

  @Test
  void aMistypedPropertyIsRefused() {
    Result result =
        stretto.with("--stretto.channels.space.windwo=3").run("append", "--channel", "space");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo(
            line(
                "stretto: stretto.channels.space.windwo: there is no such property; did you mean"
                    + " window?"));
  }

  @Test
  void theLastValueOfAPropertyCounts() {
    Result result =
        stretto
            .with("--stretto.channels.space.transport=pigeon")
            .with("--stretto.channels.space.transport=http")
            .run("append", "--channel", "space");

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
  }

  @Test
  void debugAddsTheStackTrace() {
    Result result =
        stretto.run("not json".getBytes(UTF_8), "append", "--channel", "space", "--debug");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("line 1: not JSON", "at dev.stretto.append.");
  }

  private static String line(String text) {
    return text + System.lineSeparator();
  }

  /** Fails as the operating system would say it. */
  private static final class UnwritableOutput extends OutputStream {
    private final String why;

    UnwritableOutput(String why) {
      this.why = why;
    }

    @Override
    public void write(int one) throws IOException {
      throw new IOException(why);
    }
  }
}
