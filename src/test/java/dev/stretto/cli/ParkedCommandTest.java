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
class ParkedCommandTest {

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
  void saysThatNothingIsParked() {
    assertThat(stretto.run("parked", "list").out()).isEqualToIgnoringNewLines("nothing is parked");
    assertThat(stretto.run("parked", "list", "--channel", "space").out())
        .isEqualToIgnoringNewLines("nothing is parked in space");
    Result redrive = stretto.run("parked", "redrive", "--all", "--json");
    assertThat(redrive.out()).isEqualToIgnoringNewLines("{\"redriven\":0,\"channels\":{}}");
    assertThat(redrive.code()).isZero();
    assertThat(stretto.run("parked", "list", "--json").out()).isEmpty();
  }

  @Test
  void listsWhatIsParkedInPositionOrderAndSaysHowManyMore() throws SQLException {
    park(3);

    Result result = stretto.run("parked", "list", "--limit", "2");

    assertThat(result.out().lines().toList())
        .hasSize(4)
        .satisfies(lines -> {
          assertThat(lines.get(0)).startsWith("CHANNEL  MESSAGE ID  KEY");
          assertThat(lines.get(1)).contains("space", "m1", "k1", "HTTP 422");
          assertThat(lines.get(2)).contains("m2");
          assertThat(lines.get(3)).isEqualTo("and 1 more: --limit shows more of them");
        });
    assertThat(stretto.run("parked", "list", "--json").out().lines().toList())
        .hasSize(3)
        .first()
        .asString()
        .startsWith(
            "{\"channel\":\"space\",\"messageId\":\"m1\",\"position\":1,\"key\":\"k1\","
                + "\"attempts\":2,\"lastError\":\"HTTP 422\",\"parkedAt\":\"20");
  }

  @Test
  void showsEverythingButNoControlSequences() throws SQLException {
    park(1);
    database.execute(
        "update outbox_message set last_error = 'a\u001b[31mb\nc',"
            + " headers = '{\"X-One\":\"1\"}', payload = '\"p\"'");

    Result text = stretto.run("parked", "show", "m1");
    Result json = stretto.run("parked", "show", "m1", "--json");

    assertThat(text.out())
        .contains("message       m1", "channel       space", "header        X-One: 1", "\"p\"")
        .contains("last answer   a?[31mb c");
    assertThat(json.out())
        .contains(
            "\"status\":\"PARKED\"", "\"headers\":{\"X-One\":\"1\"}", "\"payload\":\"\\\"p\\\"\"");
  }

  @Test
  void redrivesWhatIsNamedKeepingItsPositionAndAnnouncesIt() throws SQLException {
    park(3);

    Result result = stretto.run("parked", "redrive", "m3", "m1", "m1");

    assertThat(result.out())
        .isEqualToIgnoringNewLines(
            "2 messages redriven; they start out of order, behind later messages");
    assertThat(
            database.lines(
                "select concat(message_id, ' ', status, ' ', position, ' ', attempts, ' ',"
                    + " case when settled_at is null then 'TRUE' else 'FALSE' end)"
                    + " from outbox_message order by position"))
        .containsExactly("m1 PENDING 1 2 TRUE", "m2 PARKED 2 2 FALSE", "m3 PENDING 3 2 TRUE");
  }

  @Test
  void refusesAMessageThatIsNotParkedAndThenChangesNothing() throws SQLException {
    park(2);
    stretto.run("parked", "redrive", "m2");

    Result again = stretto.run("parked", "redrive", "m1", "m2");
    Result unknown = stretto.run("parked", "discard", "m1", "nobody");

    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err())
        .isEqualToIgnoringNewLines("stretto: message m2 is not parked: it is pending");
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("there is no message nobody").hasLineCount(1);
    assertThat(stretto.run("parked", "show", "m2").code()).isEqualTo(1);
    assertThat(database.lines("select status from outbox_message order by position"))
        .containsExactly("PARKED", "PENDING");
  }

  @Test
  void decidesAboutEverythingBatchByBatchAndSaysHowManyThatWere() throws SQLException {
    park(1201);

    Result redriven = stretto.run("parked", "redrive", "--all");
    Result nothing = stretto.run("parked", "discard", "--all", "--channel", "space");

    assertThat(redriven.out())
        .startsWith("space: 1,201 messages redriven; they start out of order");
    assertThat(nothing.out()).isEqualToIgnoringNewLines("nothing is parked");
    assertThat(database.lines("select distinct status from outbox_message"))
        .containsExactly("PENDING");
  }

  @Test
  void discardsAndKeepsTheRow() throws SQLException {
    park(2);

    Result result = stretto.run("parked", "discard", "--all", "--channel", "space", "--json");

    assertThat(result.out())
        .isEqualToIgnoringNewLines("{\"discarded\":2,\"channels\":{\"space\":2}}");
    assertThat(database.lines("select status from outbox_message"))
        .containsExactly("DISCARDED", "DISCARDED");
  }

  @ParameterizedTest
  @CsvSource({
    "parked, Missing required subcommand",
    "parked frobnicate, frobnicate",
    "parked show, ID",
    "parked redrive, --all",
    "parked redrive m1 --all, --all",
    "parked redrive m1 --channel space, --channel",
    "parked discard --all, --channel",
    "parked redrive --all --channel nope, nope",
    "parked list --channel nope, nope",
    "parked list --limit 0, --limit",
  })
  void namesWhatIsWrongWithItsUse(String command, String named) throws SQLException {
    park(1);

    Result result = stretto.run(command.split(" "));

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains(named).hasLineCount(1);
    assertThat(database.lines("select status from outbox_message")).containsExactly("PARKED");
  }

  private void park(int messages) throws SQLException {
    database.execute("insert into outbox_channel (channel) values ('space')");
    database.execute(
        "insert into outbox_message (channel, message_id, ordering_key, payload, position, status,"
            + " queue, attempts, last_error, settled_at) select 'space', concat('m', n),"
            + " concat('k', n), '1', n, 'PARKED', 4, 2, 'HTTP 422', current_timestamp from "
            + database.numbers(messages));
  }
}
