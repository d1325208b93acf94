package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@OnEachDatabase
class VerifyAndPurgeCommandTest {

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
  void saysHowManyStartsKeptTheirOrder() throws SQLException {
    delivered(1500);

    Result all = stretto.run("verify");
    Result run = stretto.run("verify", "7", "--json");

    assertThat(all.out())
        .isEqualToIgnoringNewLines(
            "space: 1,500 first starts kept their order, which is the order of arrival over HTTP/2"
                + " and within a partition of Kafka's only");
    assertThat(all.code()).isZero();
    assertThat(run.out())
        .isEqualToIgnoringNewLines(
            "{\"channels\":[{\"channel\":\"space\",\"starts\":1500,\"unrecorded\":0,"
                + "\"ordered\":true,\"arrivesInOrder\":null}]}");
  }

  @ParameterizedTest
  @CsvSource({
    "http.version=2, true, ''",
    "http.version=1.1, false, which is not the order of arrival",
    "http.url=http://example.org/, false, which is not the order of arrival",
    "transport=java, false, which is not the order of arrival",
    "http.version=auto, null, only",
  })
  void saysWhetherTheOrderOfStartsIsThatOfArrivals(String setting, String kept, String note)
      throws SQLException {
    delivered(20);
    stretto
        .with("--stretto.channels.space.http.url=https://example.org/")
        .with("--stretto.channels.space." + setting);

    Result text = stretto.run("verify");

    assertThat(text.code()).isZero();
    assertThat(text.out().strip())
        .startsWith("space: 20 first starts kept their order" + (note.isEmpty() ? "" : ", "))
        .contains(note)
        .hasLineCount(1);
    assertThat(stretto.run("verify", "--json").out()).contains("\"arrivesInOrder\":" + kept);
  }

  @Test
  void namesTheFirstPairThatBrokeTheOrder() throws SQLException {
    delivered(1500);
    database.execute(
        "update outbox_message set start_number = 1201 - start_number where position in (200,"
            + " 1001)",
        "update outbox_message set status = 'PARKED', queue = 4 where position = 200");

    Result text = stretto.run("verify", "--channel", "space");
    Result json = stretto.run("verify", "--json");

    assertThat(text.code()).isEqualTo(1);
    assertThat(text.out())
        .isEqualToIgnoringNewLines(
            "space: order broken: message m200 at position 200 with key k0 (start 1,001 of run 7)"
                + " should have started before message m201 at position 201 with key k1 (start 201"
                + " of run 7)");
    assertThat(json.code()).isEqualTo(1);
    assertThat(json.out())
        .contains(
            "\"ordered\":false,\"arrivesInOrder\":null,\"earlier\":{\"messageId\":\"m200\",\"position\":200,\"key\":\"k0\","
                + "\"run\":7,\"fence\":3,\"start\":1001}");
  }

  @Test
  void judgesRunsByKeyWithinEachKey() throws SQLException {
    delivered(1500);
    database.execute(
        "update outbox_run set ordering = 'KEY'",
        "update outbox_message set start_number = 10000 * (position - position / 100 * 100)"
            + " + position");
    assertThat(stretto.run("verify").code()).isZero();

    database.execute(
        "update outbox_message set start_number = start_number - 500 where position = 1042");
    Result result = stretto.run("verify");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("message m942 at position 942 with key k42", "message m1042");
  }

  @Test
  void aKeyThatWasBlockedMayStartInALaterRunOfAnotherOrder() throws SQLException {
    delivered(100);
    database.execute(
        "insert into outbox_run (channel, fence, run, ordering) values ('space', 2, 6, 'KEY'),"
            + " ('space', 4, 8, 'START')",
        "update outbox_message set start_fence = 4, start_number = position where position < 9");
    assertThat(stretto.run("verify").code()).isZero();

    database.execute("update outbox_message set start_number = 1 where position = 8");
    assertThat(stretto.run("verify").out()).contains("m7 at position 7", "m8 at position 8");
  }

  @Test
  void removesWhatWasSettledLongAgoAndKeepsParkedAndWaitingMessages() throws SQLException {
    delivered(2500);
    database.execute(
        "update outbox_message set settled_at = current_timestamp - interval '40' day"
            + " where position <= 2100 and position <> 5",
        "update outbox_message set status = 'PARKED', queue = 4 where position = 7",
        "update outbox_message set status = 'DISCARDED', queue = 5 where position = 8",
        "update outbox_message set status = 'PENDING', queue = 1, settled_at = null where position"
            + " = 9");

    Result purged = stretto.run("purge", "--older-than", "30d", "--json");
    Result again = stretto.run("purge", "--older-than", "30d");

    assertThat(purged.out())
        .isEqualToIgnoringNewLines("{\"purged\":2097,\"channels\":{\"space\":2097},\"runs\":0}");
    assertThat(again.out()).isEqualToIgnoringNewLines("nothing was settled longer than 30d ago");
    assertThat(database.lines("select position from outbox_message order by position limit 4"))
        .containsExactly("5", "7", "9", "2101");
    assertThat(stretto.run("verify").out()).startsWith("space: 403 first starts kept their order");
  }

  @Test
  void aDispatchAppliesTheRetentionAtItsEnd() throws SQLException {
    delivered(10);
    database.execute(
        "update outbox_message set settled_at = current_timestamp - interval '40' day"
            + " where position < 5");
    stretto
        .with("--stretto.channels.space.http.url=http://127.0.0.1:1/")
        .with("--stretto.channels.space.unavailable.patience=0s");

    assertThat(stretto.run("dispatch").code()).isZero();
    assertThat(database.lines("select count(*) from outbox_message")).containsExactly("10");
    assertThat(stretto.run("dispatch", "--stretto.retention=30d").code()).isZero();
    assertThat(database.lines("select count(*) from outbox_message")).containsExactly("6");

    database.execute(
        "delete from outbox_run",
        "update outbox_message set settled_at = current_timestamp - interval '40' day"
            + " where position = 7");
    stretto.run(CommandLineRun.lines("1"), "append", "--channel", "space");
    assertThat(stretto.run("dispatch", "--stretto.retention=30d").code())
        .as("a destination that is down")
        .isEqualTo(75);
    assertThat(database.lines("select count(*) from outbox_message")).containsExactly("6");
  }

  @ParameterizedTest
  @CsvSource({
    "2, purge, --older-than",
    "2, purge --older-than 30, --older-than",
    "2, purge --older-than 36501d, --older-than",
    "2, purge --older-than 0d, --older-than",
    "2, purge --older-than 1d --channel nope, nope",
    "2, status --stretto.retention=0s, stretto.retention",
    "2, status --stretto.retention=30, stretto.retention",
    "2, verify --channel nope, nope",
    "2, verify 7 --channel nope, run 7 was on channel space",
    "2, verify seven, seven",
    "1, verify 8, no run 8",
  })
  void namesWhatIsWrong(int code, String command, String named) throws SQLException {
    delivered(1);

    Result result = stretto.run(command.split(" "));

    assertThat(result.code()).isEqualTo(code);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains(named).hasLineCount(1);
  }

  private void delivered(int messages) throws SQLException {
    database.execute(
        "insert into outbox_run (channel, fence, run, ordering) values ('space', 3, 7, 'START')",
        "insert into outbox_message (channel, message_id, ordering_key, payload, position, status,"
            + " queue, attempts, fence, start_fence, start_number, started_at, settled_at) select"
            + " 'space', concat('m', n), concat('k', mod(n, 100)), '1', n, 'DELIVERED', 6, 1, 3, 3,"
            + " n, current_timestamp, current_timestamp from "
            + database.numbers(messages));
  }
}
