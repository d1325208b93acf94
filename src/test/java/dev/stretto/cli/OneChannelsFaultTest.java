package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.receiver.Receiver;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two channels, of which one can't be dispatched; {@code space} lacks a variable by itself. */
class OneChannelsFaultTest {

  private static final String GOOD = "--stretto.channels.Good_One.";
  private static final String SPACE = "--stretto.channels.space.";

  @TempDir private Path folder;
  private Receiver receiver;
  private CommandLineRun stretto;

  @BeforeEach
  void setUp() throws Exception {
    receiver = new Receiver(Receiver.Options.delayed(Receiver.constant(Duration.ZERO)));
    stretto = new CommandLineRun(folder);
    stretto
        .with(GOOD + "transport=http")
        .with(GOOD + "http.version=2")
        .with(GOOD + "http.url=http://127.0.0.1:" + receiver.port() + "/");
    stretto.run(CommandLineRun.lines("1", "2"), "append", "--channel", "Good_One");
  }

  @AfterEach
  void tearDown() {
    receiver.close();
  }

  @Test
  void aMissingVariableKeepsNoOtherChannelFromBeingSent() {
    isSentBeside("environment variable STRETTO_TEST_UNSET is not set");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "window=0",
        "windwo=3",
        "transport=pigeon",
        "transport=java", // without a class
        "http.version=3"
      })
  void aSettingThatCantBeUsedKeepsNoOtherChannelFromBeingSent(String setting) {
    stretto.with(SPACE + "http.url=http://127.0.0.1:1/").with(SPACE + setting);

    isSentBeside("stretto.channels.space.");
  }

  @Test
  void aNameThatCantBeUsedKeepsNoOtherChannelFromBeingSent() {
    stretto.with(SPACE + "http.url=http://127.0.0.1:" + receiver.port() + "/");
    stretto.with("--stretto.channels[b b].transport=http");

    isSentBeside("'b b' can't be a channel's name");
  }

  private void isSentBeside(String fault) {
    Result dispatch = stretto.run("dispatch");

    assertThat(dispatch.code()).isEqualTo(2);
    assertThat(dispatch.out()).contains("Good_One: 2 delivered");
    assertThat(dispatch.err().lines().filter(line -> line.startsWith("stretto: ")))
        .singleElement()
        .asString()
        .contains(fault);
    assertThat(receiver.totals().count()).isEqualTo(2);
  }

  @Test
  void whoNamesAChannelHearsNothingOfTheOthers() {
    Result dispatch = stretto.run("dispatch", "--channel", "Good_One");

    assertThat(dispatch.code()).isZero();
    assertThat(dispatch.out()).contains("2 delivered");
    assertThat(dispatch.err()).doesNotContain("stretto: ");
  }

  @Test
  void programsAreToldOfTheFaultAsOfAnEnd() {
    Result dispatch = stretto.run("dispatch", "--json");

    assertThat(dispatch.out().lines())
        .hasSize(2)
        .anyMatch(line -> line.contains("\"channel\":\"Good_One\"") && line.contains("COMPLETED"))
        .anyMatch(
            line -> line.contains("\"channel\":\"space\",\"run\":null,\"status\":\"FAILED\""));
  }

  @Test
  void rowsOfAChannelThatIsNotConfiguredAreSpokenOf() throws Exception {
    CommandLineRun others = new CommandLineRun(folder).with(SPACE + "http.url=http://127.0.0.1:1/");

    Result dispatch = others.run("dispatch");
    Result again = others.run("dispatch", "--channel", "space");
    Result status = others.run("status");

    assertThat(dispatch.code()).isZero();
    assertThat(dispatch.out()).contains("space: 0 delivered");
    assertThat(dispatch.err())
        .contains(
            "stretto: Good_One: 2 messages wait in this channel, which is not in the"
                + " configuration");
    assertThat(again.err()).doesNotContain("Good_One");
    assertThat(status.out()).contains("Good_One: not in the configuration");
  }

  @Test
  void anOptionThatCantBeUsedIsNoChannelsFault() {
    Result dispatch = stretto.run("dispatch", "--window", "0");

    assertThat(dispatch.code()).isEqualTo(2);
    assertThat(dispatch.out()).isEmpty();
    assertThat(dispatch.err()).startsWith("stretto: --window").hasLineCount(1);
    assertThat(receiver.totals().count()).isZero();
  }
}
