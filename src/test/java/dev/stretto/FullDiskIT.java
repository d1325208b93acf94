package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.receiver.Receiver.Totals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dispatches whose H2 file can't grow, or never answers. */
@Tag("slow")
class FullDiskIT {

  private static final int MESSAGES = 3000;
  private static final int WINDOW = 16;

  @TempDir private Path folder;

  @Test
  void aRunThatFindsNoSpaceIsToBeTriedAgainAndTheNextCarriesOn() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "1");
        Shell shell = new Shell(folder).takenOverSoon()) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      shell.append(1, MESSAGES);
      shell.run("status").exited(0);
      long kilobytes = Files.size(folder.resolve("data/stretto.mv.db")) / 1024;

      shell.limitingFiles(kilobytes + 200);
      Shell.Ran full = shell.run("dispatch", "--channel", "space").exited(75);
      assertThat(full.out() + full.err()).contains("the database has no space left");
      assertThat(full.err()).doesNotContain("\tat ").doesNotContain("Exception");

      shell.limitingFiles(null);
      shell.run("dispatch", "--channel", "space").exited(0);
      Totals totals = receiver.totals();
      assertThat(totals.distinct()).isEqualTo(MESSAGES);
      assertThat(totals.duplicates()).isLessThanOrEqualTo(WINDOW);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES));
    }
  }

  @Test
  void otherCommandsSayThatThereIsNoSpace() throws Exception {
    try (Shell shell = new Shell(folder).takenOverSoon()) {
      shell.configureSpace("http://127.0.0.1:9/");
      shell.append(1, 1);
      long kilobytes = Files.size(folder.resolve("data/stretto.mv.db")) / 1024;
      Path file = folder.resolve("many.ndjson");
      Files.writeString(file, ("{\"n\":\"" + "x".repeat(1000) + "\"}\n").repeat(3000));

      shell.limitingFiles(kilobytes + 200);
      Shell.Ran full =
          shell.run("append", "--channel", "space", "--file", file.toString()).exited(75);

      assertThat(full.err()).startsWith("stretto: the database has no space left").hasLineCount(1);
      shell.limitingFiles(null);
      assertThat(shell.statuses()).isEqualTo(Map.of("PENDING", 1));
    }
  }

  @Test
  void aRunWhoseDatabaseNeverAnswersEndsByItselfAndTheNextCarriesOn() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "1");
        Shell shell = new Shell(folder).takenOverSoon()) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      shell.append(1, MESSAGES);
      sql(
          "create alias hang deterministic for 'java.lang.Thread.sleep(long)'",
          """
          alter table stretto.outbox_channel add constraint hangs
            check (case when last_position < 500 then true else hang(last_position * 10000) is null end)
          """);

      Shell.Ran stuck = shell.run("dispatch", "--channel", "space").exited(75);

      assertThat(stuck.out()).contains("the database has not answered for 15 s");
      assertThat(stuck.err()).doesNotContain("\tat ");
      sql("alter table stretto.outbox_channel drop constraint hangs", "drop alias hang");
      shell.run("dispatch", "--channel", "space").exited(0);
      assertThat(receiver.totals().distinct()).isEqualTo(MESSAGES);
      assertThat(receiver.totals().duplicates()).isLessThanOrEqualTo(WINDOW);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES));
    }
  }

  private void sql(String... statements) throws Exception {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:h2:file:" + folder.resolve("data/stretto") + ";WRITE_DELAY=0", "sa", "");
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }
}
