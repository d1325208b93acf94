package dev.stretto.transport.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.transport.Driver;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

/**
 * What is the same for functions in every language.
 *
 * @param folder where the functions' file is, and what they write
 * @param command runs a function of it, which is named by what follows
 */
record Functions(Path folder, List<String> command) {

  private static final int CALLS = 10_000;
  private static final int WINDOW = 64;

  Transport transport(String... arguments) {
    return Programs.open(WINDOW, with(arguments), "directory", folder.toString(), "ready", "20s");
  }

  /** A program that runs a function, without Stretto. */
  ProcessBuilder program(String... arguments) {
    return new ProcessBuilder(with(arguments)).directory(folder.toFile());
  }

  private List<String> with(String... arguments) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(arguments));
    return all;
  }

  /** Of a function that has its program write into {@code report} how it was entered. */
  void assertEnteredInOrderAndOverlapping(String function) {
    try (Transport transport = transport(function)) {
      Driver driver = new Driver(transport);

      assertThat(driver.run(LongStream.rangeClosed(1, CALLS).mapToObj(Driver::call).toList()))
          .containsOnly(new Delivered());

      assertThat(driver.mostUnderWay()).isBetween(2, WINDOW);
      assertThat(driver.misuses()).isZero();
    }
    assertThat(folder.resolve("report")).hasContent(CALLS + " entered, 0 out of order");
  }

  /** What is thrown, and what it leads to. */
  static Arguments later(String thrown, Fault fault, String reason, @Nullable Long millis) {
    return Arguments.of(
        thrown, new RetryLater(fault, reason, millis == null ? null : Duration.ofMillis(millis)));
  }

  /** How a program is told to end. */
  enum End {
    INPUT,
    SIGTERM,
    NOBODY_READS
  }

  /**
   * Has a program told to end while two calls are under way and another line waits.
   *
   * @param lines three of them
   * @param arguments of a function that notes that it was entered and left, and between the two
   *     waits for a file {@code go}; it has two workers, and its program notes that it was told
   */
  void assertCallsUnderWayEnd(End how, List<byte[]> lines, String... arguments) throws Exception {
    Process program = program(arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      for (byte[] line : lines) {
        program.getOutputStream().write(line);
      }
      program.getOutputStream().flush();
      await().until(() -> Files.exists(folder.resolve("entered-2")));
      switch (how) {
        case INPUT -> program.getOutputStream().close();
        case SIGTERM -> {
          program.toHandle().destroy();
          await().until(() -> Files.exists(folder.resolve("told")));
        }
        case NOBODY_READS -> program.getInputStream().close();
      }
      Files.createFile(folder.resolve("go"));

      assertThat(program.waitFor()).isZero();
    } finally {
      program.destroyForcibly();
    }
    assertThat(folder.resolve("left-1")).exists();
    assertThat(folder.resolve("left-2")).exists();
    switch (how) {
      case INPUT -> assertThat(folder.resolve("left-3")).exists();
      case SIGTERM -> assertThat(folder.resolve("entered-3")).doesNotExist();
      case NOBODY_READS -> {}
    }
  }
}
