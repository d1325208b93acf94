package dev.stretto.cli;

import static dev.stretto.cli.CommandLineRun.lines;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.StrettoApplication;
import dev.stretto.database.OpenDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class SeveralJvmsTest {

  private static final int H2_ALREADY_OPEN = 90020;

  @TempDir Path folder;
  private CommandLineRun stretto;

  @BeforeEach
  void setUp() {
    stretto = new CommandLineRun(folder);
  }

  @Test
  void aKillRightAfterAppendReturnedLosesNothing() throws Exception {
    try (OtherJvm append = blocked("append")) {
      append.awaitLine("ready");
      append.kill();
    }

    assertThat(pending()).isEqualTo(3);
  }

  @Test
  void aKillDuringAppendStoresNothing() throws Exception {
    stretto.run("status");
    List<String> args = new ArrayList<>(List.of("append", "--channel", "space"));
    args.addAll(stretto.properties());
    try (OtherJvm append = OtherJvm.start(StrettoApplication.class, args)) {
      OutputStream in = append.in();
      byte[] line = ("\"" + "x".repeat(1_000) + "\"\n").getBytes(UTF_8);
      for (int i = 0; i < 5_000; i++) {
        in.write(line);
      }
      in.flush();
      append.kill();
    }

    assertThat(pending()).isZero();
  }

  @Test
  void appendAndStatusWorkWhileALongCommandServesAndAfterItWasKilled() throws Exception {
    try (OtherJvm dispatch = blocked("serve")) {
      dispatch.awaitLine("ready");

      assertThat(stretto.run(lines("1", "2"), "append", "--channel", "space").code()).isZero();
      assertThat(pending()).isEqualTo(2);
      assertOnlyItsOwnerFindsIt(folder.resolve("stretto.server"));

      dispatch.kill();
    }
    assertThat(pending()).isEqualTo(2);
    assertThat(stretto.run(lines("3"), "append", "--channel", "space").code()).isZero();
  }

  @Test
  void shortCommandsWaitForEachOtherAsLongAsTheyMay() throws Exception {
    try (OtherJvm append = blocked("alone")) {
      append.awaitLine("ready");

      assertThatThrownBy(() -> open(Duration.ZERO))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(H2_ALREADY_OPEN));

      Thread killer = Thread.ofVirtual().start(() -> killQuietly(append));
      open(Duration.ofSeconds(60)).close();
      killer.join();
    }
  }

  private static void assertOnlyItsOwnerFindsIt(Path announcement) throws IOException {
    String address = Files.readString(announcement);
    assertThat(address).startsWith("127.0.0.1:");
    int port = Integer.parseInt(address.replaceFirst(".*:(\\d+)/.*", "$1"));
    assertThatThrownBy(() -> new Socket("127.0.0.2", port).close())
        .as("listens on 127.0.0.1 alone")
        .isInstanceOf(ConnectException.class);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(announcement)))
        .isEqualTo("rw-------");
  }

  private static void killQuietly(OtherJvm jvm) {
    try {
      jvm.kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private OpenDatabase open(Duration patience) throws SQLException {
    return OpenDatabase.open(new OpenDatabase.Request(stretto.url(), "sa", "", patience));
  }

  private OtherJvm blocked(String how) throws IOException {
    List<String> args = new ArrayList<>(List.of(how));
    args.addAll(stretto.properties());
    return OtherJvm.start(Blocked.class, args);
  }

  private int pending() {
    String json = stretto.run("status", "--json").out();
    return Integer.parseInt(json.replaceFirst("(?s).*\"pending\":(\\d+).*", "$1"));
  }
}
