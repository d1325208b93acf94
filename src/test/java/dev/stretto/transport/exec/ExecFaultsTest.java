package dev.stretto.transport.exec;

import static dev.stretto.transport.Outcome.Fault.UNAVAILABLE;
import static dev.stretto.transport.Outcome.Fault.UNKNOWN;
import static dev.stretto.transport.Outcome.Fault.UNTAKEN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What programs do wrong. */
@Isolated("listens to a logger")
class ExecFaultsTest {

  private static final String DELIVER_ALL =
      "while read -r line; do answer \"$line\" '\"outcome\":\"delivered\"'; done\n";

  private static final Pattern MORE =
      Pattern.compile("space: and (\\d+) more lines on standard error");

  @TempDir private Path folder;

  /** Programs that say that they are ready, read a message, and then do something else. */
  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of("exit 3", "the program ended with exit code 3"),
        Arguments.of("exit 0", "the program ended with exit code 0"),
        Arguments.of("kill -9 $$", "the program ended with exit code 137"),
        Arguments.of(
            "echo 'no money' >&2; exit 3",
            "the program ended with exit code 3, after it said: no money"),
        Arguments.of(
            "echo hello; sleep 1000",
            "the program wrote a line to standard output that is no answer, for it is no JSON:"
                + " hello"),
        Arguments.of(
            "echo '{\"id\":\"x\",\"outcome\":\"ok\"}'; sleep 1000",
            "the program wrote a line to standard output that is no answer, for outcome must be"
                + " delivered, retry, unknown, unavailable or rejected:"
                + " {\"id\":\"x\",\"outcome\":\"ok\"}"),
        Arguments.of(
            "tr '\\0' x </dev/zero",
            "the program wrote a line of more than 64 kB to standard output: "
                + "x".repeat(200)
                + "…"),
        Arguments.of("exec >&-; sleep 1000", "the program closed its standard output"),
        Arguments.of("printf '{\"id\":'; exit 4", "the program ended with exit code 4"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void leaveTheOutcomeUnknownAndTheNextCallStartsAnother(String fault, String reason) {
    try (Transport transport = Programs.script(atFirst("read -r line; " + fault))) {
      Driver driver = new Driver(transport);

      assertThat(driver.run(calls(1))).containsExactly(new RetryLater(UNKNOWN, reason, null));
      assertThat(driver.run(calls(20))).containsOnly(new Delivered());
      assertThat(driver.misuses()).isZero();
    }
  }

  /** Programs that never get so far. */
  static Stream<Arguments> falseStarts() {
    return Stream.of(
        Arguments.of("exit 0", "the program ended with exit code 0"),
        Arguments.of(
            "echo 'no module' >&2; exit 1",
            "the program ended with exit code 1, after it said: no module"),
        Arguments.of(
            "echo Welcome; sleep 1000",
            "the program wrote a line to standard output that is no answer, for it is no JSON:"
                + " Welcome"));
  }

  @ParameterizedTest
  @MethodSource("falseStarts")
  void aProgramThatIsNeverReadyIsUnavailable(String script, String reason) {
    try (Transport transport = Programs.shell(script, "ready", "20s")) {
      Driver driver = new Driver(transport);
      for (int probe = 0; probe < 2; probe++) {
        assertThat(driver.run(calls(1))).containsExactly(new RetryLater(UNAVAILABLE, reason, null));
      }
    }
  }

  @Test
  void aProgramThatCantBeStartedIsUnavailable() throws Exception {
    Path program = folder.resolve("program");
    Files.writeString(program, "#!/no/such/interpreter\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    try (Transport transport =
        new ExecTransportType().open("space", Programs.settings(List.of(program.toString())), 8)) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isInstanceOfSatisfying(
              RetryLater.class,
              later -> {
                assertThat(later.fault()).isEqualTo(UNAVAILABLE);
                assertThat(later.reason())
                    .startsWith("the program can't be started: ")
                    .contains("No such file");
              });
    }
  }

  @Test
  @Tag("slow")
  void aMessageThatEndedWithoutAnAnswerIsUnknownAndALateAnswerIsPassedOver() {
    try (Transport transport =
        Programs.script(
            """
            read -r late
            read -r line
            answer "$late" '"attempt":1,"outcome":"rejected"'
            answer "$line" '"outcome":"delivered"'
            """
                + DELIVER_ALL,
            "ready",
            "10ms",
            "timeout",
            "2s")) {
      Driver driver = new Driver(transport);

      assertThat(driver.run(calls(1)))
          .containsExactly(new RetryLater(UNKNOWN, "no answer within 2 s", null));
      Call again = new Call(Driver.call(1).message(), 2, 42);
      assertThat(driver.run(List.of(Driver.call(2), again))).containsOnly(new Delivered());
      assertThat(driver.misuses()).isZero();
    }
  }

  @Test
  @Tag("slow")
  void aProgramThatDoesNotReadKeepsNoCallBeyondItsTime() {
    try (Transport transport = Programs.script("sleep 1000", "ready", "10ms", "timeout", "2s")) {
      Driver driver = new Driver(transport);
      assertThat(driver.run(List.of(longer(1), longer(2))))
          .containsExactly(
              new RetryLater(UNKNOWN, "no answer within 2 s", null),
              new RetryLater(
                  UNAVAILABLE, "the program has not read its standard input for 2 s", null));
    }
  }

  @Test
  void aFullPipeKeepsNoAnswerFromBeingRead() {
    try (Transport transport =
        Programs.script(
            """
            read -r first
            i=0; while test $i -lt 20000; do echo '         '; i=$((i+1)); done
            answer "$first" '"outcome":"delivered"'
            """
                + DELIVER_ALL)) {
      assertThat(new Driver(transport).run(List.of(Driver.call(1), longer(2), longer(3))))
          .containsOnly(new Delivered());
    }
  }

  @Test
  @Tag("slow")
  void aProgramThatClosedItsInputIsUnavailable() {
    try (Transport transport = Programs.shell("exec <&-; echo '{\"ready\":true}'; sleep 1000")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(new RetryLater(UNAVAILABLE, "the program closed its standard input", null));
    }
  }

  @Test
  void whatGoesBackInLineUnreadIsNotOvertaken() {
    try (Transport transport =
        Programs.script(
            atFirst(
                "read -r line; exec <&-; answer \"$line\" '\"outcome\":\"delivered\"'; sleep"
                    + " 1000"))) {
      Driver driver = new Driver(transport);
      assertThat(driver.run(calls(1))).containsOnly(new Delivered());

      assertThat(driver.run(List.of(Driver.call(2), Driver.call(3))))
          .containsExactly(
              new RetryLater(UNTAKEN, "the program closed its standard input", null),
              new RetryLater(UNTAKEN, "an earlier message goes first", null));

      assertThat(driver.run(List.of(Driver.call(2), Driver.call(3)))).containsOnly(new Delivered());
    }
  }

  @Test
  @Tag("slow")
  void whatItStartedMayKeepItsPipesOpen() throws Exception {
    Path pid = folder.resolve("pid");
    try (Transport transport =
        Programs.script("read -r line; sleep 1000 & echo $! >" + pid + "; exit 5")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(new RetryLater(UNKNOWN, "the program ended with exit code 5", null));
    } finally {
      ProcessHandle.of(pid(pid)).orElseThrow().destroyForcibly();
    }
  }

  @Test
  @Tag("slow")
  void nothingIsLeftWhenTheChannelIsClosed() throws Exception {
    Path pids = folder.resolve("pids");
    CompletableFuture<Outcome> stuck;
    try (Transport transport =
        Programs.script(
            "trap '' TERM; sh -c 'sleep 1000 & echo $! $PPID >"
                + pids
                + "; wait' & read -r line;"
                + " while :; do sleep 1000; done")) {
      stuck = new Driver(transport).start(Driver.call(1));
      await().until(() -> Files.exists(pids) && Files.readString(pids).endsWith("\n"));
    }

    for (String pid : Files.readString(pids, UTF_8).strip().split(" ")) {
      await()
          .until(
              () -> ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isEmpty());
    }
    assertThat(((RetryLater) Driver.get(stuck)).fault()).isEqualTo(UNKNOWN);
  }

  @Test
  void standardErrorIsLoggedALineAtATimeAndNotEndlessly() {
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.list = new CopyOnWriteArrayList<>();
    Logger logger = (Logger) LoggerFactory.getLogger(StandardError.class);
    logged.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(logged);
    try (Transport transport =
        Programs.script(
            """
            printf 'token hunter2hunter2\\n\\n%5000s end\\n' long >&2
            i=0; while test $i -lt 10000; do echo $i >&2; i=$((i+1)); done
            """
                + DELIVER_ALL,
            "environment.TOKEN",
            "hunter2hunter2")) {
      assertThat(new Driver(transport).run(calls(3))).containsOnly(new Delivered());
    }
    await().untilAsserted(() -> assertThat(told(logged.list)).isEqualTo(1 + 10_000));
    logger.detachAppender(logged);
    logger.setLevel(null);

    List<String> lines = logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    assertThat(lines)
        .startsWith("space: token ***")
        .hasSizeBetween(5, 2000)
        .allSatisfy(line -> assertThat(line).startsWith("space: ").hasSizeLessThan(600))
        .anyMatch(line -> MORE.matcher(line).matches());
  }

  /** Of how many lines it was said what they are, or that they were. */
  private static int told(List<ILoggingEvent> logged) {
    return logged.stream()
        .map(event -> MORE.matcher(event.getFormattedMessage()))
        .mapToInt(more -> more.matches() ? Integer.parseInt(more.group(1)) : 1)
        .sum();
  }

  /** Otherwise a message that makes the program crash would take its neighbours with it. */
  @Test
  void afterADeathThereIsOneCallAtATimeAndThenOneMoreWithEachAnswer() {
    try (Transport transport =
        Programs.script(atFirst("for n in 1 2 3 4 5 6 7 8; do read -r line; done; exit 3"))) {
      Driver driver = new Driver(transport);
      assertThat(transport.capacity()).isEqualTo(8);

      assertThat(driver.run(calls(8)))
          .containsOnly(new RetryLater(UNKNOWN, "the program ended with exit code 3", null));

      assertThat(transport.capacity()).isEqualTo(1);
      assertThat(driver.run(calls(3))).containsOnly(new Delivered());
      assertThat(transport.capacity()).isEqualTo(4);
      assertThat(driver.run(calls(20))).containsOnly(new Delivered());
      assertThat(transport.capacity()).isEqualTo(8);
    }
  }

  /** Does something when it is started first, and delivers all when it is started again. */
  private String atFirst(String script) {
    Path once = folder.resolve("once");
    return "if ! test -e %s; then touch %s; %s; fi\n".formatted(once, once, script) + DELIVER_ALL;
  }

  private static long pid(Path file) throws Exception {
    return Long.parseLong(Files.readString(file, UTF_8).strip());
  }

  /** Of more than a pipe holds. */
  private static Call longer(long position) {
    return new Call(Driver.message(position, "x".repeat(300_000), Map.of()), 1, 42);
  }

  private static List<Call> calls(int count) {
    return LongStream.rangeClosed(1, count).mapToObj(Driver::call).toList();
  }
}
