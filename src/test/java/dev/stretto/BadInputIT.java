package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.receiver.Receiver.Totals;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Commands that can't do what they are told, with all their output. */
class BadInputIT {

  private static final String SPACE = "--stretto.channels.space.";

  @TempDir private Path folder;

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of("nowhere", List.of("dispatch", "--channel", "nowhere")),
        Arguments.of("--frobnicate", List.of("dispatch", "--frobnicate")),
        Arguments.of("space.window", List.of("dispatch", SPACE + "window=0")),
        Arguments.of(
            "UNSET_VARIABLE",
            List.of("dispatch", SPACE + "http.headers.Authorization=Bearer ${UNSET_VARIABLE}")));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void namesAMistakeOnOneLine(String named, List<String> command) throws Exception {
    try (Shell shell = new Shell(folder)) {
      shell.configureSpace("http://127.0.0.1:1/");

      isRefused(shell.run(command.toArray(String[]::new)), named);
    }
  }

  @Test
  void namesTheFileThatIsNoYaml() throws Exception {
    try (Shell shell = new Shell(folder)) {
      shell.configure("stretto:\n  channels: { space: [\n");

      isRefused(shell.run("status"), "line 3");
    }
  }

  @Test
  void needsASecretOnlyWhereItIsSent() throws Exception {
    try (Shell shell = new Shell(folder)) {
      shell.configureSpace("http://127.0.0.1:1/");
      String secret = SPACE + "http.headers.Authorization=Bearer ${UNSET_VARIABLE}";

      shell.run("status", secret).exited(0);
    }
  }

  @Test
  @Tag("slow")
  void parksNothingWhileTheDestinationIsDown() throws Exception {
    int port = unusedPort();
    try (Shell shell = new Shell(folder)) {
      shell.configureSpace("http://127.0.0.1:" + port + "/", "unavailable: { patience: 1s }");
      shell.append(1, 100);

      JsonNode run = shell.run("dispatch", "--channel", "space", "--json").exited(75).json();

      assertThat(run.path("status").asString()).isEqualTo("STOPPED");
      assertThat(run.path("remaining").asInt()).isEqualTo(100);
      assertThat(shell.statuses()).isEqualTo(Map.of("PENDING", 100));
      shell.query(
          "select max(attempts) from outbox_message", row -> assertThat(row.getInt(1)).isZero());

      try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--port", String.valueOf(port))) {
        shell.run("dispatch", "--channel", "space").exited(0);
        Totals totals = receiver.totals();
        assertThat(totals.count()).isEqualTo(100);
        assertThat(totals.inversions()).isZero();
        assertThat(totals.duplicates()).isZero();
      }
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", 100));
      assertThat(shell.executions())
          .extracting(Shell.Execution::status)
          .containsExactly("STOPPED", "COMPLETED");
    }
  }

  private static void isRefused(Shell.Ran ran, String named) {
    ran.exited(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines()).as(ran.err()).hasSize(1);
    assertThat(ran.err()).startsWith("stretto: ").contains(named);
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
