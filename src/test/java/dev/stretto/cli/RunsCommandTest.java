package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands {@code runs} and {@code stop}; {@code RunsTest} has what they find. */
@OnEachDatabase
class RunsCommandTest {

  @Parameter Database vendor;
  @TempDir Path folder;
  private CommandLineRun stretto;

  @BeforeEach
  void setUp() {
    FreshDatabase fresh = vendor.migrated(folder);
    stretto = new CommandLineRun(fresh);
  }

  @Test
  void saysThatThereIsNoRunYet() {
    assertThat(stretto.run("runs").out()).isEqualToIgnoringNewLines("no run yet");
    assertThat(stretto.run("runs", "--channel", "space").out())
        .isEqualToIgnoringNewLines("no run yet on space");
    assertThat(stretto.run("runs", "--json").out()).isEqualToIgnoringNewLines("{\"runs\":[]}");
  }

  @Test
  void showsARunThatFailedAndDoesNotStopIt() {
    stretto
        .with("--stretto.channels.space.http.url=http://127.0.0.1:1/")
        .with("--stretto.channels.space.unavailable.patience=0s");
    stretto.run(CommandLineRun.lines("1"), "append", "--channel", "space");
    assertThat(stretto.run("dispatch").code()).isEqualTo(75);

    assertThat(stretto.run("runs").out().lines().toList())
        .hasSize(2)
        .last()
        .asString()
        .matches("1 +1 +space +STOPPED +UNAVAILABLE +20\\S+Z +20\\S+Z +0 +0 +0 +0");
    assertThat(stretto.run("runs", "--json").out())
        .contains("{\"run\":1,\"instance\":1,\"channel\":\"space\",\"status\":\"STOPPED\"");
    Result stop = stretto.run("stop", "1");
    assertThat(stop.code()).isEqualTo(1);
    assertThat(stop.err()).contains("run 1 is not running: it ended as STOPPED").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "2, runs --limit 0, --limit",
    "2, runs --limit 1001, --limit",
    "2, runs --channel nope, nope",
    "2, stop, RUN",
    "2, stop abc, abc",
    "1, stop 7, there is no run 7",
  })
  void namesWhatIsWrong(int code, String command, String named) {
    Result result = stretto.run(command.split(" "));

    assertThat(result.code()).isEqualTo(code);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains(named).hasLineCount(1);
  }
}
