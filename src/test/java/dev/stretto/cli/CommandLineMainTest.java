package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.cli.output.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CommandLineMainTest {

  @Test
  void withoutACommandTheUsageIsShownAsAnError() {
    Result result = CommandLineRun.plain(new byte[0]);

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("Usage: stretto", "append", "status");
  }

  @ParameterizedTest
  @CsvSource({
    "--help, Commands:",
    "--version, stretto",
    "append --help, --envelope",
    "status --help, --json"
  })
  void helpGoesToStandardOutput(String args, String expected) {
    Result result = CommandLineRun.plain(new byte[0], args.split(" "));

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains(expected);
    assertThat(result.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "apend | unknown command apend; did you mean append?; see stretto --help",
        "append --chanel=secret | unknown option --chanel; did you mean --channel?; see stretto"
            + " append --help",
        "status --frobnicate | unknown option --frobnicate; see stretto status --help",
        "status extra | unknown argument extra; see stretto status --help",
        "append | Missing required option: '--channel=C'; see stretto append --help",
        "append --channel c --key= | --key: must not be empty",
        "append --channel c --file no/such/file | --file: there is no readable file no/such/file",
      })
  void wrongUsageIsOneLineThatNamesTheOption(String args, String line) {
    Result result = CommandLineRun.plain(new byte[0], args.split(" "));

    assertThat(result.err().lines()).containsExactly("stretto: " + line);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void exitCodesArePinned(ExitCode code) {
    int expected =
        switch (code) {
          case DONE -> 0;
          case FAILED -> 1;
          case USAGE -> 2;
          case PARKED -> 3;
          case TRY_LATER -> 75;
        };

    assertThat(code.code()).isEqualTo(expected);
  }
}
