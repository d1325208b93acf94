package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options of a dispatch that stays that can't be meant. */
class StayOptionsTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "--follow --limit 3, --limit",
    "--follow --dry-run, --dry-run",
    "--every 30s --dry-run, --dry-run",
    "--follow --every 30s, --every",
    "--follow --cron @hourly, --cron",
    "--every 30s --cron @hourly, --every",
    "--every 10ms, --every",
    "--every often, --every",
    "--cron often, --cron",
    "--standby, --standby",
    "--ready-file ready, --ready-file",
    "--follow --ready-file missing/ready, --ready-file",
    "--follow --for soon, --for"
  })
  void endWithTwoBeforeAnythingBegins(String options, String named) {
    CommandLineRun.Result result =
        new CommandLineRun(folder).run(("dispatch " + options).split(" "));

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(named).hasLineCount(1);
    assertThat(folder).isEmptyDirectory();
  }
}
