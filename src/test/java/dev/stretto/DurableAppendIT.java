package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was appended through a running dispatch, which is then killed. */
@Tag("slow")
class DurableAppendIT {

  @TempDir private Path folder;

  @Test
  void nothingIsLostThatADispatchStoredForAnotherCommand() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "500");
        Shell shell = new Shell(folder).takenOverSoon()) {
      shell.configureSpace(receiver.url(), "window: 2");
      shell.append(1, 100);
      Shell.Running run = shell.start("dispatch", "--channel", "space");
      receiver.awaitCount(1, run);

      shell.append(101, 500);
      run.kill();

      receiver.answerAtOnce();
      shell.run("dispatch", "--channel", "space").exited(0);
      assertThat(receiver.totals().distinct()).isEqualTo(600);
      assertThat(receiver.totals().duplicates()).isLessThanOrEqualTo(2);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", 600));
    }
  }
}
