package dev.stretto.cli;

import static dev.stretto.cli.CommandLineRun.lines;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
            line("stretto: line 2: not JSON: ends too early (column 6); nothing was stored"));
    assertThat(stretto.run("status").out()).contains("\nspace          0 ");
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
    assertThat(result.err()).contains("line 1: not JSON", "at dev.stretto.outbox.");
  }

  private static String line(String text) {
    return text + System.lineSeparator();
  }
}
