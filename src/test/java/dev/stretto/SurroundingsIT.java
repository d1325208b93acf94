package dev.stretto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands among variables of other programs, and with readers that stop reading. */
@Tag("slow")
class SurroundingsIT {

  private static final Map<String, String> OTHERS =
      Map.of(
          "DEBUG", "true",
          "TRACE", "1",
          "SPRING_MAIN_BANNERMODE", "console",
          "SPRING_MAIN_BANNER_MODE", "console",
          "SPRING_MAIN_WEB_APPLICATION_TYPE", "servlet",
          "SPRING_MAIN_LOG_STARTUP_INFO", "true",
          "LOGGING_LEVEL_ROOT", "TRACE",
          "LOGGING_CONFIG", "/nowhere.xml");

  private static final Map<String, String> NONE = Map.of();

  @TempDir private Path folder;

  /** What came of a script. */
  private record Ran(int code, String out, String err) {}

  @Test
  void variablesOfOtherProgramsChangeNothingOfTheOutput() throws Exception {
    configure();
    stretto("status", NONE);
    Ran before = stretto("status", NONE);

    Ran among = stretto("status", OTHERS);
    Ran dispatch = stretto("dispatch", OTHERS);

    assertThat(among).isEqualTo(before);
    assertThat(before.code()).isZero();
    assertThat(before.err()).isEmpty();
    assertThat(dispatch.code()).as(dispatch.err()).isZero();
    assertThat(dispatch.out()).startsWith("space: 0 delivered").hasLineCount(1);
    assertThat(dispatch.err()).isEmpty();
  }

  @Test
  void variablesNameTheChannelThatIsDeclared() throws Exception {
    configure();

    Ran plan = stretto("dispatch --dry-run", Map.of("STRETTO_CHANNELS_SPACE_WINDOW", "7"));

    assertThat(plan.out()).endsWith("at most 7 under way\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "status", "runs", "parked list", "verify", "dispatch"})
  void aReaderThatStopsReadingEndsACommandInSilence(String command) throws Exception {
    configure();

    // the fifo's reader leaves before anything is written
    Ran ran = shell("{ \"$STRETTO\" " + command + "; echo $? >code; } | true", NONE);

    assertThat(ran.err()).isEmpty();
    assertThat(folder.resolve("code")).hasContent("141");
  }

  @Test
  void anAppendThatCantSayItHasStoredSaysSoElsewhere() throws Exception {
    configure();

    Ran ran = shell("echo 1 | \"$STRETTO\" append --channel space >/dev/full", NONE);

    assertThat(ran.code()).isZero();
    assertThat(ran.err())
        .isEqualTo("stretto: appended 1 message to space; standard output can't be written\n");
    assertThat(stretto("purge --older-than 1d >/dev/full", NONE).code()).isZero();
    assertThat(stretto("status >/dev/full", NONE).code()).isEqualTo(1);
  }

  @Test
  void logLinesCarryTheDate() throws Exception {
    configure();
    shell("echo 1 | \"$STRETTO\" append --channel space", NONE);

    Ran dispatch = stretto("dispatch --debug", NONE);

    assertThat(dispatch.err().lines().filter(line -> line.contains(" INFO ")))
        .isNotEmpty()
        .allMatch(line ->
            line.matches(
                "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) .*"));
  }

  private void configure() throws IOException {
    Files.createDirectories(folder.resolve("config"));
    Files.writeString(
        folder.resolve("config/application.yaml"),
        """
        stretto:
          channels:
            space:
              transport: http
              http: { url: "http://127.0.0.1:1/" }
              unavailable: { patience: 0s }
        """);
  }

  private Ran stretto(String command, Map<String, String> variables) throws Exception {
    return shell("\"$STRETTO\" " + command, variables);
  }

  private Ran shell(String script, Map<String, String> variables) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", "-c", script)
            .directory(folder.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(variables);
    builder.environment().put("STRETTO", Shell.DISTRIBUTION + "/bin/stretto");
    builder.environment().put("STRETTO_JAVA_HOME", System.getProperty("java.home"));
    Process shell = builder.start();
    try {
      assertThat(shell.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      shell.destroyForcibly();
    }
    return new Ran(shell.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }
}
