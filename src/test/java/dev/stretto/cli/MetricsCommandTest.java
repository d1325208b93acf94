package dev.stretto.cli;

import static dev.stretto.cli.CommandLineRun.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

@Tag("slow")
@OnEachDatabase
class MetricsCommandTest {

  @Parameter Database vendor;
  @TempDir Path folder;
  private CommandLineRun stretto;
  private TestDatabase database;

  @BeforeEach
  void setUp() {
    FreshDatabase fresh = vendor.migrated(folder);
    stretto = new CommandLineRun(fresh);
    database = new TestDatabase(fresh);
  }

  @Test
  void saysOfEachChannelWhatStatusSaysAndWhenSomethingHappened() throws Exception {
    database.execute(
        """
        insert into outbox_message (channel, payload, status, queue, position) values
          ('space', '1', 'PENDING', 0, null), ('space', '1', 'PENDING', 0, null),
          ('space', '1', 'DELIVERED', 6, 2), ('space', '1', 'PARKED', 4, 4),
          ('space', '1', 'DISCARDED', 5, 6), ('a"b', '1', 'PENDING', 0, null)
        """,
        "update outbox_message set created_at = current_timestamp - interval '2' hour",
        """
        update outbox_message set settled_at = current_timestamp - interval '1' hour
         where queue >= 5
        """,
        "insert into outbox_lane (channel, ordering_key, blocked_by) values ('space', 'k', 1)",
        """
        insert into outbox_key (channel, ordering_key, closed_until)
        values ('space', 'l', current_timestamp + interval '5' minute)
        """,
        """
        insert into channel_lease (channel, fence, owner, run, expires_at)
        values ('space', 7, 'host:1', 42, current_timestamp + interval '5' minute)
        """,
        """
        insert into outbox_channel (channel, late, gate_closed_until, gate_reason, gate_since)
        values ('space', 3, current_timestamp + interval '5' minute, 'HTTP 503',
                current_timestamp - interval '3' minute)
        """,
        """
        insert into outbox_count (channel, up_to, messages, discarded, removed, removed_discarded)
        values ('space', 0, 0, 0, 10, 4)
        """);

    Result result = stretto.run("metrics");

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains(
            "# TYPE stretto_pending_messages gauge\n",
            "# TYPE stretto_delivered_messages_total counter\n",
            "stretto_pending_messages{channel=\"a\\\"b\"} 1.0\n",
            "stretto_channel_configured{channel=\"a\\\"b\"} 0.0\n",
            space("pending_messages", "2.0"),
            space("in_flight_messages", "0.0"),
            space("parked_messages", "1.0"),
            space("delivered_messages_total", "7.0"),
            space("discarded_messages_total", "5.0"),
            space("late_messages_total", "3.0"),
            space("blocked_keys", "1.0"),
            space("closed_keys", "1.0"),
            space("gate_closed", "1.0"),
            space("lease_held", "1.0"),
            space("channel_configured", "1.0"))
        .doesNotContain("last_run", "# EOF");
    double now = value(result.out(), "stretto_collected_timestamp_seconds");
    assertThat(now - spaceValue(result.out(), "oldest_pending_timestamp_seconds"))
        .isCloseTo(7200, within(60.0));
    assertThat(now - spaceValue(result.out(), "last_success_timestamp_seconds"))
        .isCloseTo(3600, within(60.0));
    assertThat(now - spaceValue(result.out(), "gate_closed_since_timestamp_seconds"))
        .isCloseTo(180, within(60.0));
    assertThat(spaceValue(result.out(), "gate_closed_until_timestamp_seconds") - now)
        .isCloseTo(300, within(60.0));
    assertThat(stretto.run("purge", "--older-than", "30m").out()).contains("2");
    assertThat(stretto.run("metrics", "--channel", "sp*", "--channel", "space").out())
        .as("counters never fall")
        .contains(space("delivered_messages_total", "7.0"))
        .contains(space("discarded_messages_total", "5.0"))
        .contains(space("pending_messages", "2.0"))
        .doesNotContain("a\\\"b");
  }

  @Test
  void saysHowTheLastRunEndedAndWhenOneSucceeded() throws SQLException {
    stretto
        .with("--stretto.channels.space.http.url=http://127.0.0.1:1/")
        .with("--stretto.channels.space.unavailable.patience=0s");
    stretto.run(lines("1"), "append", "--channel", "space");
    assertThat(stretto.run("dispatch").code()).isEqualTo(75);

    String stopped = stretto.run("metrics").out();

    assertThat(stopped)
        .contains(
            "stretto_last_run_status{channel=\"space\",status=\"stopped\"} 1.0\n",
            "stretto_last_run_status{channel=\"space\",status=\"completed\"} 0.0\n",
            space("gate_closed", "1.0"),
            space("lease_held", "0.0"))
        .doesNotContain("last_success");
    double ended = spaceValue(stopped, "last_run_ended_timestamp_seconds");
    assertThat(ended)
        .isGreaterThanOrEqualTo(spaceValue(stopped, "last_run_started_timestamp_seconds"))
        .isLessThanOrEqualTo(value(stopped, "stretto_collected_timestamp_seconds"));

    assertThat(stretto.run("dispatch").code()).isEqualTo(75);
    database.execute(
        "update BATCH_JOB_EXECUTION set status = 'COMPLETED' where job_execution_id = 1");
    String carriedOn = stretto.run("metrics").out();
    assertThat(carriedOn)
        .contains("stretto_last_run_status{channel=\"space\",status=\"stopped\"} 1.0\n");
    assertThat(spaceValue(carriedOn, "last_success_timestamp_seconds")).isEqualTo(ended);
  }

  @Test
  void replacesAFileAtOnceAndLeavesNothingBesideIt() throws IOException {
    Path out = Files.createDirectory(folder.resolve("textfiles")).resolve("stretto.prom");
    Files.writeString(out, "old");

    Result result = stretto.run("metrics", "--out", out.toString());

    assertThat(result.out()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(out).content().contains(space("pending_messages", "0.0")).endsWith("\n");
    try (Stream<Path> files = Files.list(out.getParent())) {
      assertThat(files).containsExactly(out);
    }
    assertThat(Files.getPosixFilePermissions(out))
        .as("as any new file's")
        .isEqualTo(Files.getPosixFilePermissions(Files.createFile(folder.resolve("any"))));
  }

  @Test
  void writesOpenMetricsWhereThatIsAsked() {
    assertThat(stretto.run("metrics", "--format", "openmetrics").out())
        .contains("# TYPE stretto_delivered_messages counter\n")
        .contains(space("delivered_messages_total", "0.0"))
        .endsWith("# EOF\n");
  }

  @Test
  void oneChannelsFaultDoesNotHideTheOthers() {
    stretto.with("--stretto.channels.other.window=0");

    Result result = stretto.run("metrics");

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains(space("pending_messages", "0.0"), "channel_configured{channel=\"other\"} 1.0");
  }

  @Test
  void namesWhatIsWrong() {
    for (List<String> wrong :
        List.of(
            List.of("--channel", "nope"),
            List.of("--out", folder.resolve("missing/stretto.prom").toString()),
            List.of("--out", folder.toString()),
            List.of("--format", "xml"))) {
      Result result = stretto.run("metrics", wrong.getFirst(), wrong.getLast());

      assertThat(result.code()).as(wrong.toString()).isEqualTo(2);
      assertThat(result.err()).contains(wrong.getFirst()).hasLineCount(1);
      assertThat(result.out()).isEmpty();
    }
  }

  private static String space(String name, String value) {
    return "\nstretto_" + name + "{channel=\"space\"} " + value + "\n";
  }

  private static double spaceValue(String metrics, String name) {
    return value(metrics, "stretto_" + name + "{channel=\"space\"}");
  }

  private static double value(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + metrics));
  }
}
