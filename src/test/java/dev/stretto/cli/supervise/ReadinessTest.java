package dev.stretto.cli.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.cli.supervise.Readiness.State;
import dev.stretto.transport.InvalidSettingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessTest {

  @TempDir private Path folder;

  @Test
  void theFileIsThereFromTheLastChannelsFirstWordUntilTheEnd() throws Exception {
    Path file = Files.writeString(folder.resolve("ready"), "left by an earlier process");
    try (Readiness readiness = Readiness.of(file.toString(), Map.of())) {
      assertThat(file).doesNotExist();
      readiness.begin(List.of("a", "b"), () -> true);
      readiness.tell("a", State.FOLLOWING);
      assertThat(file).doesNotExist();

      readiness.tell("b", State.STANDING_BY);

      assertThat(file).hasContent(ProcessHandle.current().pid() + "");
      assertThat(readiness.status()).isEqualTo("following 1 channel, standing by for 1 channel");
      readiness.stopping();
      assertThat(file).doesNotExist();
      readiness.tell("a", State.OVER);
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void aFileThatCantBeMadeIsRefusedBeforeAnythingBegins() {
    for (Path wrong : List.of(folder, folder.resolve("missing/ready"))) {
      assertThatThrownBy(() -> Readiness.of(wrong.toString(), Map.of()))
          .isInstanceOf(InvalidSettingException.class)
          .hasMessageStartingWith("--ready-file");
    }
  }

  @Test
  void systemdIsToldOnItsSocketAlsoOnAnAbstractOne() throws Exception {
    for (String name : List.of(folder.resolve("notify").toString(), "@stretto-" + folder)) {
      Map<String, String> environment = Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "20000");
      try (DatagramReceiver systemd = new DatagramReceiver(name)) {
        try (Readiness readiness = Readiness.of(null, environment)) {
          readiness.begin(List.of("a"), () -> true);
          readiness.tell("a", State.STANDING_BY);
          assertThat(systemd.nextBut("WATCHDOG=1"))
              .isEqualTo("READY=1\nSTATUS=standing by for 1 channel");
          readiness.tell("a", State.FOLLOWING);
          assertThat(systemd.nextBut("WATCHDOG=1")).isEqualTo("STATUS=following 1 channel");
          assertThat(systemd.nextBut("STATUS=following 1 channel")).isEqualTo("WATCHDOG=1");
        }
        assertThat(systemd.nextBut("WATCHDOG=1")).isEqualTo("STOPPING=1");
      }
    }
  }

  @Test
  void theWatchdogOfAnotherProcessIsNotFed() {
    long own = ProcessHandle.current().pid();

    assertThat(Readiness.watchdog(Map.of("WATCHDOG_USEC", "3000000", "WATCHDOG_PID", own + "")))
        .isEqualTo(Duration.ofSeconds(3));
    assertThat(Readiness.watchdog(Map.of("WATCHDOG_USEC", "3000000", "WATCHDOG_PID", "1")))
        .isNull();
    assertThat(Readiness.watchdog(Map.of())).isNull();
  }
}
