package dev.stretto.transport.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a message, by what a real program answers. */
class ExecOutcomesTest {

  @TempDir private Path folder;

  static Stream<Arguments> answers() {
    return Stream.of(
        Arguments.of("\"outcome\":\"delivered\"", new Delivered()),
        Arguments.of(
            "\"outcome\":\"rejected\",\"reason\":\"no\"", new Rejected(Refused.MESSAGE, "no")),
        Arguments.of(
            "\"outcome\":\"retry\",\"reason\":\"busy\",\"retryAfter\":3",
            new RetryLater(Fault.FAILED, "busy", Duration.ofSeconds(3))),
        Arguments.of(
            "\"outcome\":\"unknown\",\"reason\":\"lost\"",
            new RetryLater(Fault.UNKNOWN, "lost", null)),
        Arguments.of(
            "\"outcome\":\"unavailable\",\"reason\":\"closed\",\"retryAfter\":\"2s\"",
            new RetryLater(Fault.UNAVAILABLE, "closed", Duration.ofSeconds(2))));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void isWhatTheProgramAnswers(String answer, Outcome outcome) {
    try (Transport transport =
        Programs.script("while read -r line; do answer \"$line\" '" + answer + "'; done")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isEqualTo(outcome);
    }
  }

  @Test
  void aProgramNeedNotSayThatItIsReady() {
    try (Transport transport =
        Programs.shell(
            """
            while read -r line; do
              id=${line#*\\"id\\":\\"}
              echo
              echo "{\\"id\\":\\"${id%%\\"*}\\",\\"outcome\\":\\"delivered\\"}"
            done
            """,
            "ready", "10ms")) {
      assertThat(new Driver(transport).run(calls(3))).containsOnly(new Delivered());
    }
  }

  @Test
  void aSlowAnswerDelaysNobodyButItsOwnMessage() {
    try (Transport transport =
        Programs.script(
            """
            read -r slow
            while read -r line; do answer "$line" '"outcome":"delivered"'; done
            answer "$slow" '"outcome":"rejected"'
            """)) {
      Driver driver = new Driver(transport);
      CompletableFuture<Outcome> slow = driver.start(Driver.call(1));

      assertThat(driver.run(calls(100).subList(1, 100))).containsOnly(new Delivered());

      assertThat(slow).isNotDone();
      assertThat(driver.mostUnderWay()).isEqualTo(8);
      transport.close();
      assertThat(Driver.get(slow)).isInstanceOf(Rejected.class);
      assertThat(driver.misuses()).isZero();
    }
  }

  @Test
  void anAnswerForWhatIsNotUnderWayOrAnotherAttemptIsPassedOver() {
    try (Transport transport =
        Programs.script(
            """
            while read -r line; do
              echo '{"id":"nobody","outcome":"rejected"}'
              answer "$line" '"attempt":1,"outcome":"rejected"'
              answer "$line" '"attempt":2,"outcome":"delivered"'
              answer "$line" '"attempt":2,"outcome":"rejected"'
            done
            """)) {
      List<Call> second =
          calls(3).stream().map(call -> new Call(call.message(), 2, call.fence())).toList();

      Driver driver = new Driver(transport);
      assertThat(driver.run(second)).containsOnly(new Delivered());
      assertThat(driver.misuses()).isZero();
    }
  }

  @Test
  void theProgramGetsItsFolderAndVariables() {
    try (Transport transport =
        Programs.script(
            "read -r line; answer \"$line\" \"\\\"outcome\\\":\\\"rejected\\\",\\\"reason\\\":"
                + "\\\"$PWD $STRETTO_CHANNEL $STRETTO_WINDOW $TOKEN $SHORT\\\"\"",
            "directory",
            folder.toString(),
            "environment.TOKEN",
            "hunter2hunter2",
            "environment.SHORT",
            "s")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(new Rejected(Refused.MESSAGE, folder + " space 8 *** s"));
    }
  }

  @Test
  void aKeyAlwaysGoesThroughTheSameProgram() {
    try (Transport transport =
        Programs.script(
            "while read -r line; do answer \"$line\" \"\\\"outcome\\\":\\\"rejected\\\","
                + "\\\"reason\\\":\\\"$$\\\"\"; done",
            "processes",
            "3")) {
      Driver driver = new Driver(transport);
      List<Call> calls =
          LongStream.rangeClosed(1, 60).mapToObj(n -> keyed(n, "k" + n % 5)).toList();
      List<Outcome> outcomes = driver.run(calls);

      for (int i = 5; i < 60; i++) {
        assertThat(outcomes.get(i)).isEqualTo(outcomes.get(i - 5));
      }
      assertThat(outcomes.stream().distinct()).hasSizeBetween(2, 3);
    }
  }

  private static Call keyed(long position, String key) {
    return new Call(
        new Message(
            position, "space", position, "m-" + position, key, "text/plain", Map.of(), "", 0),
        1,
        42);
  }

  @Test
  void theInputEndsWhenTheChannelIsClosed() throws Exception {
    Path end = folder.resolve("end");
    try (Transport transport =
        Programs.script(
            "while read -r line; do answer \"$line\" '\"outcome\":\"delivered\"'; done; echo over >"
                + end)) {
      assertThat(new Driver(transport).run(calls(2))).containsOnly(new Delivered());
    }
    assertThat(Files.readString(end)).isEqualTo("over\n");
  }

  private static List<Call> calls(int count) {
    return LongStream.rangeClosed(1, count).mapToObj(Driver::call).toList();
  }
}
