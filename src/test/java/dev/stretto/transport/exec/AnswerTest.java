package dev.stretto.transport.exec;

import static dev.stretto.transport.Outcome.Fault.FAILED;
import static dev.stretto.transport.Outcome.Fault.UNAVAILABLE;
import static dev.stretto.transport.Outcome.Fault.UNKNOWN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.exec.Answer.UnknownLineException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AnswerTest {

  private static final ProgramText TEXTS = new ProgramText(List.of("hunter2hunter2", "short"));

  static Stream<Arguments> outcomes() {
    Duration wait = Duration.ofSeconds(2);
    return Stream.of(
        Arguments.of("'delivered'", new Delivered()),
        Arguments.of("'delivered','reason':null,'more':[{}]", new Delivered()),
        Arguments.of("'rejected','reason':'no\\nway'", new Rejected(Refused.MESSAGE, "no way")),
        Arguments.of("'rejected'", new Rejected(Refused.MESSAGE, "the program gave no reason")),
        Arguments.of("'retry','reason':'busy'", new RetryLater(FAILED, "busy", null)),
        Arguments.of(
            "'retry','reason':'busy','retryAfter':2", new RetryLater(FAILED, "busy", wait)),
        Arguments.of("'unknown','reason':'late'", new RetryLater(UNKNOWN, "late", null)),
        Arguments.of(
            "'unavailable','reason':'closed'", new RetryLater(UNAVAILABLE, "closed", null)),
        Arguments.of(
            "'unavailable','reason':'closed','retryAfter':'2s'",
            new RetryLater(UNAVAILABLE, "closed", wait)));
  }

  @ParameterizedTest
  @MethodSource("outcomes")
  void everyWordIsPinned(String rest, Outcome outcome) throws UnknownLineException {
    assertThat(answer("{'id':'m-1','outcome':" + rest + "}"))
        .isEqualTo(new Answer("m-1", 0, outcome));
  }

  @ParameterizedTest
  @CsvSource({
    "2, PT2S",
    "0, PT0S",
    "0.25, PT0.25S",
    "1e3, PT1000S",
    "'2', PT2S",
    "'2s', PT2S",
    "'500 ms', PT0.5S",
    "'1.5m', PT1M30S",
    "'3h', PT3H",
    "'2d', PT48H",
    "999999999999, PT876000H",
  })
  void aWaitIsSecondsOrHasAUnit(String written, Duration wait) throws UnknownLineException {
    for (String form : List.of(written, "'" + written + "'")) {
      if (!form.equals("'1e3'")) {
        assertThat(
                answer("{'id':'m','outcome':'retry','reason':'x','retryAfter':" + form(form) + "}"))
            .extracting(Answer::outcome)
            .isEqualTo(new RetryLater(FAILED, "x", wait));
      }
    }
  }

  /** What is no number has to be a string. */
  private static String form(String text) {
    return text.startsWith("'") || Character.isDigit(text.charAt(text.length() - 1))
        ? text
        : "'" + text + "'";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hello | it is no JSON",
        "{\"id\": | it is no JSON",
        "[] | it is no JSON object",
        "{'outcome':'delivered'} | it has no id",
        "{'id':7,'outcome':'delivered'} | id must be a string",
        "{'id':'m'} | outcome must be delivered, retry, unknown, unavailable or rejected",
        "{'id':'m','outcome':'ok'} | outcome must be delivered, retry, unknown, unavailable or"
            + " rejected",
        "{'id':'m','outcome':'retry','retryAfter':'soon'} | retryAfter must be seconds, or a time"
            + " such as 2s or 500ms",
        "{'id':'m','outcome':'retry','retryAfter':-1} | retryAfter must be seconds, or a time such"
            + " as 2s or 500ms",
        "{'id':'m','outcome':'retry','retryAfter':{}} | retryAfter must be seconds, or a time such"
            + " as 2s or 500ms",
        "{'id':'m','outcome':'delivered','attempt':'1'} | attempt must be the number that came with"
            + " the message",
        "{'ready':true} {} | it is more than one JSON value",
      },
      quoteCharacter = '`')
  void aLineThatIsNoAnswerIsNamed(String line, String problem) {
    assertThatThrownBy(() -> answer(line))
        .isInstanceOf(UnknownLineException.class)
        .hasMessage(
            "the program wrote a line to standard output that is no answer, for %s: %s",
            problem, line.replace('\'', '"'));
  }

  @Test
  void whatIsShownIsShortAndHasNoSecrets() {
    assertThatThrownBy(() -> answer("token hunter2hunter2 is short\t" + "x".repeat(1000)))
        .hasMessageEndingWith(": token *** is short " + "x".repeat(181) + "…");
  }

  @Test
  void aProgramMaySayThatItIsReady() throws UnknownLineException {
    assertThat(answer("{'ready':true}").id()).isNull();
    assertThat(answer("{'id':'m','attempt':3,'outcome':'delivered'}").attempt()).isEqualTo(3);
  }

  private static Answer answer(String line) throws UnknownLineException {
    return Answer.of(line.replace('\'', '"').getBytes(UTF_8), TEXTS);
  }
}
