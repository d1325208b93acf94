package dev.stretto.transport.exec;

import static dev.stretto.transport.exec.Functions.later;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The file that runs a function in JavaScript. Run by the Maven profile {@code node} only. */
@Tag("node")
class ExecNodeTest {

  private static final String FUNCTIONS =
      """
      import { existsSync, writeFileSync } from 'node:fs';
      import { Rejected, RetryLater, Unavailable } from 'HELPER';

      const entered = [];
      process.on('exit', () => {
        const late = entered.filter((n, index) => n !== index + 1).length;
        writeFileSync('report', `${entered.length} entered, ${late} out of order`);
      });

      export async function awaiting(item) {
        entered.push(item.n);
        await new Promise((done) => setTimeout(done, Math.random() * 3));
      }

      export function returning(item) {
        entered.push(item.n);
      }

      export default async function fails({ payload }) {
        console.log('to standard output');
        const coded = (code, text = code) => Object.assign(new Error(text), { code });
        throw eval(payload);
      }

      export function* generating() {}

      export const forwarding = () => generating();

      export async function* streaming() {}

      export function noting(item) {
        writeFileSync('bytes', Buffer.from(item.payload, 'utf8'));
        const { id, channel, position, attempt, fence, key, contentType, headers } = item;
        throw new Rejected(
          [id, channel, position, attempt, fence, key, contentType, headers.h].join(' '));
      }

      process.on('SIGTERM', () => writeFileSync('told', ''));

      export async function slow(item) {
        writeFileSync(`entered-${item.n}`, '');
        while (!existsSync('go')) {
          await new Promise((done) => setTimeout(done, 10));
        }
        writeFileSync(`left-${item.n}`, '');
      }
      """;

  @TempDir private Path folder;

  @BeforeEach
  void writeTheFunctions() throws Exception {
    Files.writeString(
        folder.resolve("functions.mjs"),
        FUNCTIONS.replace("HELPER", Programs.delivered("stretto_exec.mjs")),
        UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"awaiting", "returning"})
  void anUnchangedFunctionIsEnteredInOrderAndItsCallsOverlap(String function) {
    functions().assertEnteredInOrderAndOverlapping("functions.mjs:" + function);
  }

  static Stream<Arguments> errors() {
    return Stream.of(
        Arguments.of("new Rejected('no')", new Rejected(Refused.MESSAGE, "no")),
        later("new RetryLater('busy', 1.5)", Fault.FAILED, "busy", 1500L),
        later("new RetryLater('busy')", Fault.FAILED, "busy", null),
        later("new Unavailable('closed', 2)", Fault.UNAVAILABLE, "closed", 2000L),
        later("coded('ECONNREFUSED')", Fault.UNAVAILABLE, "Error: ECONNREFUSED", null),
        later(
            "new TypeError('fetch failed', { cause: coded('ENOTFOUND') })",
            Fault.UNAVAILABLE,
            "TypeError: fetch failed: ENOTFOUND",
            null),
        later("coded('ECONNRESET')", Fault.UNKNOWN, "Error: ECONNRESET", null),
        later("coded('UND_ERR_HEADERS_TIMEOUT', 'x')", Fault.UNKNOWN, "Error: x", null),
        later(
            "Object.assign(new Error('late'), { name: 'TimeoutError' })",
            Fault.UNKNOWN,
            "TimeoutError: late",
            null),
        later("new RangeError('bug')", Fault.FAILED, "RangeError: bug", null),
        later("'text'", Fault.FAILED, "Error: text", null),
        later("undefined", Fault.FAILED, "Error: undefined", null),
        later("null", Fault.FAILED, "Error: null", null),
        later("Object.create(null)", Fault.FAILED, "Error", null),
        later(
            "Object.defineProperty(new Error(), 'message', { get() { throw 1; } })",
            Fault.FAILED,
            "Error",
            null));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void whatTheFunctionThrowsDecides(String thrown, Outcome outcome) {
    try (Transport transport = node("functions.mjs", "--raw")) {
      assertThat(Driver.outcomeOf(transport, call(1, thrown))).isEqualTo(outcome);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"generating", "forwarding", "streaming"})
  void aFunctionThatRunsNothingDeliversNothing(String function) {
    try (Transport transport = node("functions.mjs:" + function)) {
      assertThat(((RetryLater) Driver.outcomeOf(transport, Driver.call(1))).reason())
          .startsWith("TypeError: the function returned a generator");
    }
  }

  @Test
  void withRawTheFunctionGetsTheMessageAndItsCharacters() {
    String payload = "a\u2028\u0085\u0001\r\n\uD83D\uDE00é\t\"";
    try (Transport transport = node("functions.mjs:noting", "--raw")) {
      assertThat(
              Driver.outcomeOf(
                  transport, new Call(Driver.message(7, payload, Map.of("h", "v")), 3, 42)))
          .isEqualTo(
              new Rejected(
                  Refused.MESSAGE,
                  "00000000-0000-0007-0000-000000000007 space 7 3 42 application/json v"));
    }
    assertThat(folder.resolve("bytes")).hasBinaryContent(payload.getBytes(UTF_8));
  }

  @Test
  void aPayloadThatIsNoJsonIsRejected() {
    try (Transport transport = node("functions.mjs:returning")) {
      assertThat(Driver.outcomeOf(transport, call(1, "{")))
          .isInstanceOfSatisfying(
              Rejected.class,
              rejected -> assertThat(rejected.reason()).startsWith("payload is no JSON: "));
    }
  }

  /** Each is told while a call is under way and other lines wait. */
  @ParameterizedTest
  @EnumSource(value = Functions.End.class, names = "NOBODY_READS", mode = Mode.EXCLUDE)
  void theEndLetsCallsUnderWayEnd(Functions.End how) throws Exception {
    functions()
        .assertCallsUnderWayEnd(
            how,
            LongStream.rangeClosed(1, 3).mapToObj(n -> MessageLine.of(Driver.call(n))).toList(),
            "functions.mjs:slow",
            "--concurrency",
            "2");
  }

  private static Call call(long position, String payload) {
    return new Call(Driver.message(position, payload, Map.of()), 1, 42);
  }

  private Transport node(String... arguments) {
    return functions().transport(arguments);
  }

  private Functions functions() {
    return new Functions(folder, List.of("node", Programs.delivered("stretto_exec.mjs")));
  }
}
