package dev.stretto.transport.exec;

import static dev.stretto.transport.exec.Functions.later;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.ArrayList;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The file that runs a function in Python. Run by the Maven profile {@code python} only. */
@Tag("python")
class ExecPythonTest {

  /** Each notes, as the first thing it does, the how manieth it is. */
  private static final String FUNCTIONS =
      """
      import asyncio, atexit, functools, itertools, random, sys, time

      counter = itertools.count(1)
      notes = []

      def blocking(item):
          n = next(counter)
          notes.append((n, item["n"]))
          time.sleep(random.choice((0, 0.001, 0.003)))

      def computing(item):
          n = next(counter)
          notes.append((n, item["n"]))
          for _ in range(random.randrange(3000)):
              n += 1

      def note(item):
          notes.append((next(counter), item["n"]))

      def calling(item):
          note(item)
          time.sleep(0.001)

      async def awaiting(item):
          notes.append((next(counter), item["n"]))
          await asyncio.sleep(random.choice((0, 0.001, 0.003)))

      class Space:
          def send(self, item):
              notes.append((next(counter), item["n"]))
              time.sleep(0.001)

          def __call__(self, item):
              self.send(item)

      called = Space()
      method = called.send
      partial = functools.partial(blocking)
      seen = []

      def logged(function):
          @functools.wraps(function)
          def wrapper(item):
              print(item, file=sys.stderr)
              return function(item)
          return wrapper

      decorated = logged(functools.partial(logged(blocking)))
      written_in_c = seen.append

      def report():
          entered = notes or [(n, item["n"]) for n, item in enumerate(seen, 1)]
          late = sum(n != item for n, item in entered)
          with open("report", "w") as file:
              file.write(f"{len(entered)} entered, {late} out of order")

      atexit.register(report)
      """;

  private static final String FAULTS =
      """
      import datetime, os, socket, subprocess, sys, urllib.error
      from stretto_exec import Rejected, RetryLater, Unavailable

      class Full(Exception):
          stretto_outcome = "unavailable"
          retry_after = datetime.timedelta(minutes=1)

      class Broken(Exception):
          stretto_outcome = property(lambda self: 1 / 0)
          reason = property(lambda self: 1 / 0)
          retry_after = 10 ** 400

          def __str__(self):
              return None

      def throw(item):
          print("to standard output", flush=True)
          os.write(1, b"past Python's own\\n")
          subprocess.run(["echo", "from a child"])
          assert sys.stdin.read() == ""
          raise eval(item)
      """;

  @TempDir private Path folder;

  @BeforeEach
  void writeTheFunctions() throws Exception {
    Files.writeString(folder.resolve("functions.py"), FUNCTIONS, UTF_8);
    Files.writeString(folder.resolve("faults.py"), FAULTS, UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "blocking",
        "computing",
        "calling",
        "awaiting",
        "called",
        "method",
        "partial",
        "decorated",
        "written_in_c"
      })
  void anUnchangedFunctionIsEnteredInOrderAndItsCallsOverlap(String function) {
    functions().assertEnteredInOrderAndOverlapping("functions:" + function);
  }

  /** Its own thread never is in the function: without that each call would wait for the other. */
  @Test
  void whereADecoratorRunsTheFunctionElsewhereItsOwnBeginningCounts() throws Exception {
    Files.writeString(
        folder.resolve("elsewhere.py"),
        """
        import functools, threading

        def elsewhere(function):
            @functools.wraps(function)
            def wrapper(item):
                thread = threading.Thread(target=function, args=(item,))
                thread.start()
                thread.join()
                if barrier.broken:
                    raise TimeoutError()
            return wrapper

        barrier = threading.Barrier(2)

        @elsewhere
        def send(item):
            barrier.wait(20)
        """);
    try (Transport transport = python("elsewhere:send")) {
      assertThat(new Driver(transport).run(List.of(Driver.call(1), Driver.call(2))))
          .containsOnly(new Delivered());
    }
  }

  static Stream<Arguments> exceptions() {
    return Stream.of(
        Arguments.of("Rejected('no such room')", new Rejected(Refused.MESSAGE, "no such room")),
        Arguments.of("Rejected()", new Rejected(Refused.MESSAGE, "Rejected")),
        later("RetryLater('busy', 1.5)", Fault.FAILED, "busy", 1500L),
        later("RetryLater('busy')", Fault.FAILED, "busy", null),
        later("Unavailable('closed', retry_after=2)", Fault.UNAVAILABLE, "closed", 2000L),
        later("Unavailable('closed', float('nan'))", Fault.UNAVAILABLE, "closed", null),
        later("Full('no space')", Fault.UNAVAILABLE, "no space", 60_000L),
        later(
            "ConnectionRefusedError(111, 'refused')",
            Fault.UNAVAILABLE,
            "ConnectionRefusedError: [Errno 111] refused",
            null),
        later(
            "socket.gaierror(-2, 'unknown')",
            Fault.UNAVAILABLE,
            "gaierror: [Errno -2] unknown",
            null),
        later(
            "urllib.error.URLError(ConnectionRefusedError(111, 'refused'))",
            Fault.UNAVAILABLE,
            "URLError: <urlopen error [Errno 111] refused>",
            null),
        later("TimeoutError()", Fault.UNKNOWN, "TimeoutError", null),
        later("ConnectionResetError('reset')", Fault.UNKNOWN, "ConnectionResetError: reset", null),
        later("OSError('disk')", Fault.FAILED, "OSError: disk", null),
        later("ValueError('a\\nb')", Fault.FAILED, "ValueError: a b", null),
        later("SystemExit(3)", Fault.FAILED, "SystemExit: 3", null),
        later("Broken()", Fault.FAILED, "Broken", null));
  }

  /** And what it prints, or what a child of it prints or reads, does not get in between. */
  @ParameterizedTest
  @MethodSource("exceptions")
  void whatTheFunctionRaisesDecides(String thrown, Outcome outcome) {
    try (Transport transport = python("faults:throw")) {
      Outcome found = Driver.outcomeOf(transport, text(1, thrown));

      assertThat(found).isEqualTo(outcome);
    }
  }

  /** A program that waits for its input goes on after each. */
  @ParameterizedTest
  @CsvSource({"def, {", "def, deep", "async def, {", "async def, deep"})
  void aPayloadThatIsNoJsonIsRejectedAndTheNextIsDelivered(String define, String payload)
      throws Exception {
    String text = payload.equals("deep") ? "[".repeat(2000) + "]".repeat(2000) : payload;
    Files.writeString(folder.resolve("any.py"), define + " send(item): pass");
    try (Transport transport = python("any:send")) {
      List<Outcome> outcomes =
          new Driver(transport)
              .run(List.of(new Call(Driver.message(1, text, Map.of()), 1, 42), Driver.call(2)));

      assertThat(outcomes.get(0))
          .isInstanceOfSatisfying(
              Rejected.class,
              rejected -> assertThat(rejected.reason()).startsWith("payload is no JSON: "));
      assertThat(outcomes.get(1)).isEqualTo(new Delivered());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "forgets, the function returned something to be awaited; give serve an async def",
    "returns, 'the function returned a generator, which runs nothing until it is read'",
    "replies, 'the function returned a generator, which runs nothing until it is read'",
    "generates, a generator function runs nothing when it is called",
    "called, a generator function runs nothing when it is called",
  })
  void aFunctionThatRunsNothingDeliversNothing(String function, String problem) throws Exception {
    Files.writeString(
        folder.resolve("nothing.py"),
        """
        async def send(item): pass
        def forgets(item): return send(item)
        def generates(item): yield item
        def returns(item): return generates(item)
        async def replies(item): return generates(item)

        class Space:
            def __call__(self, item): yield item

        called = Space()
        """);
    try (Transport transport = python("nothing:" + function)) {
      assertThat(((RetryLater) Driver.outcomeOf(transport, Driver.call(1))).reason())
          .contains("TypeError: " + problem);
    }
  }

  @Test
  void withRawTheFunctionGetsTheMessageAndItsBytes() throws Exception {
    Files.writeString(
        folder.resolve("raw.py"),
        """
        import stretto_exec
        def send(m):
            with open("bytes", "ab") as file:
                file.write(m.payload_bytes)
            raise stretto_exec.Rejected(" ".join(map(str, (
                m.id, m.channel, m.position, m.attempt, m.fence, m.key, m.content_type, m.headers))))
        """);
    String payload = "a\u2028\u0085\u0001\r\n\uD83D\uDE00é\t\"";
    try (Transport transport = python("raw:send", "--raw")) {
      Outcome outcome =
          Driver.outcomeOf(
              transport, new Call(Driver.message(7, payload, Map.of("h", "v")), 3, 42));

      assertThat(outcome)
          .isEqualTo(
              new Rejected(
                  Refused.MESSAGE,
                  "00000000-0000-0007-0000-000000000007 space 7 3 42 None application/json"
                      + " {'h': 'v'}"));
    }
    assertThat(folder.resolve("bytes")).hasBinaryContent(payload.getBytes(UTF_8));
  }

  /** As Stretto sees it: killed in the middle, the program is started again. */
  @Test
  void aProgramThatIsKilledLosesNoMessage() throws Exception {
    Files.writeString(
        folder.resolve("dying.py"),
        """
        import os
        def send(item):
            with open(f"seen-{item['n']}", "a") as file:
                file.write("x")
            if item["n"] % 50 == 0 and os.path.getsize(f"seen-{item['n']}") == 1:
                os.kill(os.getpid(), 9)
        """);
    List<Call> left =
        new ArrayList<>(LongStream.rangeClosed(1, 200).mapToObj(Driver::call).toList());
    try (Transport transport = python("dying:send")) {
      Driver driver = new Driver(transport);
      for (int round = 0; !left.isEmpty() && round < 20; round++) {
        List<Outcome> outcomes = driver.run(left);
        List<Call> again = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
          if (!(outcomes.get(i) instanceof Delivered)) {
            again.add(left.get(i));
          }
        }
        left = again;
      }
    }
    assertThat(left).isEmpty();
    for (int n = 1; n <= 200; n++) {
      assertThat(folder.resolve("seen-" + n)).isNotEmptyFile();
    }
  }

  /** Each is told while a call is under way and other lines wait. */
  @ParameterizedTest
  @EnumSource(Functions.End.class)
  void theEndLetsCallsUnderWayEnd(Functions.End how) throws Exception {
    Files.writeString(
        folder.resolve("slow.py"),
        """
        import os, time
        import __main__ as stretto_exec

        class Pipes(stretto_exec._Pipes):
            def stop(self):
                super().stop()
                open("told", "w").close()

        stretto_exec._Pipes._taken.__class__ = Pipes

        def send(item):
            open(f"entered-{item}", "w").close()
            while not os.path.exists("go"):
                time.sleep(0.01)
            open(f"left-{item}", "w").close()
        """);
    functions()
        .assertCallsUnderWayEnd(
            how,
            LongStream.rangeClosed(1, 3)
                .mapToObj(n -> MessageLine.of(text(n, Long.toString(n))))
                .toList(),
            "slow:send",
            "--workers",
            "2");
  }

  /** As where Stretto is killed: what the call then raises can't even be printed. */
  @Test
  void aCallThatFailsWhenNobodyIsThereDoesNotKeepTheProgram() throws Exception {
    Files.writeString(
        folder.resolve("failing.py"),
        """
        import os, time

        def send(item):
            open("entered", "w").close()
            while not os.path.exists("go"):
                time.sleep(0.01)
            raise ValueError("for nobody")
        """);
    Process program = functions().program("failing:send").start();
    try {
      program.getOutputStream().write(MessageLine.of(Driver.call(1)));
      program.getOutputStream().flush();
      await().until(() -> Files.exists(folder.resolve("entered")));
      program.getOutputStream().close();
      program.getInputStream().close();
      program.getErrorStream().close();
      Files.createFile(folder.resolve("go"));

      await().until(() -> !program.isAlive());
    } finally {
      program.destroyForcibly();
    }
  }

  /** It comes between the look for input and its reading, and what was read is not begun. */
  @Test
  void aSigtermWhileInputIsReadLetsCallsUnderWayEndToo() throws Exception {
    Files.writeString(
        folder.resolve("told.py"),
        """
        import os, signal

        read = os.read
        reads = []

        def told(*arguments):
            reads.append(read(*arguments))
            if len(reads) == 2:
                os.kill(os.getpid(), signal.SIGTERM)
            return reads[-1]

        os.read = told

        def send(item):
            open(f"entered-{item['n']}", "w").close()
            while len(reads) < 2:
                pass
            open(f"left-{item['n']}", "w").close()
        """);
    Process program =
        functions().program("told:send").redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      for (int n = 1; n <= 2; n++) {
        program.getOutputStream().write(MessageLine.of(Driver.call(n)));
        program.getOutputStream().flush();
        await().until(() -> Files.exists(folder.resolve("entered-1")));
      }

      assertThat(program.waitFor()).isZero();
    } finally {
      program.destroyForcibly();
    }
    assertThat(folder.resolve("left-1")).exists();
    assertThat(folder.resolve("entered-2")).doesNotExist();
  }

  /** A payload that is text by its content type. */
  private static Call text(long position, String payload) {
    return new Call(
        new Message(
            position, "space", position, "m-" + position, null, "text/plain", Map.of(), payload, 0),
        1,
        42);
  }

  private Transport python(String... arguments) {
    return functions().transport(arguments);
  }

  private Functions functions() {
    return new Functions(
        folder,
        List.of(System.getProperty("stretto.python"), Programs.delivered("stretto_exec.py")));
  }
}
