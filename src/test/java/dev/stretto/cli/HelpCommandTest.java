package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command line tells of itself. */
class HelpCommandTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "-h, --help",
    "help, --help",
    "help status, status --help",
    "status -h, status --help",
    "help parked redrive, parked redrive --help",
  })
  void everyWayOfAskingShowsTheSame(String asked, String usual) {
    Result help = run(asked);

    assertThat(help).isEqualTo(run(usual));
    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("Usage: stretto");
  }

  @Test
  void helpForACommandThatIsNoneNamesTheNearest() {
    Result result = run("help statsu");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .isEqualToIgnoringNewLines(
            "stretto: unknown command statsu; did you mean status?; see stretto --help");
  }

  @Test
  void theManualPageHasEveryCommandOptionAndExitCode() {
    String page = run("help --man").out();

    assertThat(page)
        .startsWith(".TH STRETTO 1 ")
        .contains(
            "\n.SS stretto parked redrive [ID...]\n",
            "\n.SS stretto pause CHANNEL...\n",
            "\n.TP\n\\fB\\-\\-watch[=T]\\fR\n",
            "\n.TP\n\\fB\\-\\-older\\-than=T\\fR\n",
            "\n.SH EXIT STATUS\n.TP\n\\fB0\\fR\ndone\n",
            "\n\\fB75\\fR\ntry again later");
    assertThat(page.lines().filter(line -> line.startsWith(".")))
        .as("what looks like a request of man's is one")
        .allMatch(line -> line.matches("\\.(TH|SH|SS|PP|TP)( .*)?"));
  }

  @ParameterizedTest
  @CsvSource({
    "sta, status",
    "parked redr, redrive",
    "status --wat, --watch",
    "parked redrive --a, --all",
    "pause --rea, --reason",
  })
  void bashCompletesCommandsAndOptions(String typed, String completed) throws Exception {
    assertThat(completions(typed)).contains(completed);
  }

  @Test
  void bashOffersAllCommandsWhereNoneIsTyped() throws Exception {
    assertThat(completions("''")).contains("append", "dispatch", "pause", "replay", "help");
  }

  /** What bash would offer for the last of the words. */
  private List<String> completions(String typed) throws IOException, InterruptedException {
    Path script = folder.resolve("completion");
    Files.writeString(script, run("completion bash").out());
    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source \"$0\"; COMP_WORDS=(stretto "
                    + typed
                    + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE=\"${COMP_WORDS[*]}\";"
                    + " COMP_POINT=${#COMP_LINE}; _complete_stretto;"
                    + " printf '%s\\n' \"${COMPREPLY[@]}\"",
                script.toString())
            .redirectErrorStream(true)
            .start();
    List<String> lines = new String(bash.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(bash.waitFor()).as(lines.toString()).isZero();
    return lines.stream().map(String::strip).toList();
  }

  @Test
  void zshTakesTheSameScriptByBashsCompletion() {
    assertThat(run("completion zsh")).isEqualTo(run("completion bash"));
    assertThat(run("completion zsh").out()).contains("bashcompinit");
  }

  @Test
  void fishIsToldOfCommandsOptionsAndWhatTheyTake() {
    assertThat(run("completion fish").out().lines())
        .allMatch(line -> line.startsWith("complete -c stretto "))
        .contains(
            "complete -c stretto -f",
            "complete -c stretto -n '__fish_use_subcommand' -a status -d 'Show what each channel"
                + " has waiting, in flight, delivered and parked.'")
        .anyMatch(line -> line.contains("-n '__fish_seen_subcommand_from status' -l watch -d "))
        .anyMatch(
            line -> line.contains("-n '__fish_seen_subcommand_from status' -l channel -x -d "))
        .anyMatch(
            line -> line.contains("-n '__fish_seen_subcommand_from append' -l file -r -F -d "))
        .anyMatch(line -> line.contains("from status' -s h -l help -d 'Show this text.'"))
        .anyMatch(line ->
            line.contains(
                "-n '__fish_seen_subcommand_from parked; and not __fish_seen_subcommand_from"
                    + " list show redrive discard' -a redrive -d "))
        .anyMatch(line -> line.contains("such as \\'customer-*\\'"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"completion", "completion tcsh"})
  void shellsThatItDoesNotKnowAreRefused(String asked) {
    Result result = run(asked);

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("SHELL").hasLineCount(1);
  }

  private static Result run(String words) {
    return CommandLineRun.plain(new byte[0], words.split(" "));
  }
}
