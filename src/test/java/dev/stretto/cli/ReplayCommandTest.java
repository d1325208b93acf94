package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@OnEachDatabase
class ReplayCommandTest {

  private static final String PENDING =
      "select message_id from outbox_message where status = 'PENDING' and queue = 1"
          + " and settled_at is null order by position";

  @Parameter Database vendor;
  @TempDir Path folder;
  private CommandLineRun stretto;
  private TestDatabase database;

  @BeforeEach
  void setUp() throws SQLException {
    FreshDatabase fresh = vendor.migrated(folder);
    stretto = new CommandLineRun(fresh);
    database = new TestDatabase(fresh);
    database.execute(
        "insert into outbox_channel (channel, last_position) values ('space', 8), ('gone', 1)",
        """
        insert into outbox_message
          (channel, message_id, ordering_key, payload, position, status, queue, attempts, settled_at)
        values
          ('space', 'm3', 'k', '1', 3, 'DELIVERED', 6, 1, current_timestamp - interval '9' hour),
          ('space', 'm4', 'l', '1', 4, 'PARKED', 4, 1, current_timestamp - interval '8' hour),
          ('space', 'm5', 'k', '1', 5, 'DISCARDED', 5, 1, current_timestamp - interval '7' hour),
          ('space', 'm6', 'l', '1', 6, 'DELIVERED', 6, 1, current_timestamp - interval '6' hour),
          ('space', 'm7', 'k', '1', 7, 'DELIVERED', 6, 1, current_timestamp - interval '2' hour),
          ('space', 'm8', 'k', '1', 8, 'PENDING', 1, 1, null),
          ('gone', 'g1', null, '1', 1, 'DELIVERED', 6, 1, current_timestamp - interval '1' hour)
        """);
  }

  @Test
  @Tag("slow")
  void aTimeMeansWhatWasDeliveredInItAndWhatWasPurgedIsSaid() throws SQLException {
    Result plan = stretto.run("replay", "space", "--from", "10h", "--to", "3h", "--dry-run");

    assertThat(plan.out().lines())
        .containsExactly(
            "space: would send 2 messages again",
            "space: 2 messages with earlier places were purged, and can't be sent again");
    assertThat(database.lines(PENDING)).containsExactly("m8");

    Result replayed = stretto.run("replay", "space", "--from", "10h", "--to", "3h");
    assertThat(replayed.code()).isZero();
    assertThat(replayed.out().lines().findFirst())
        .contains("space: 2 messages replayed; they start out of order, behind later messages");
    assertThat(database.lines(PENDING)).containsExactly("m3", "m6", "m8");
  }

  @Test
  void aKeyMeansItsDeliveredMessagesAlone() throws SQLException {
    assertThat(stretto.run("replay", "space", "--key", "k", "--json").out())
        .isEqualToIgnoringNewLines(
            "{\"channel\":\"space\",\"found\":2,\"replayed\":2,\"purged\":2}");
    assertThat(database.lines(PENDING)).containsExactly("m3", "m7", "m8");
    assertThat(stretto.run("replay", "space", "--key", "k").out())
        .startsWith("space: 0 messages replayed\n");
  }

  @Test
  @Tag("slow")
  void idsAreReplayedAllOrNone() throws SQLException {
    assertThat(stretto.run("replay", "space", "--id", "m3", "m7", "--dry-run", "--json").out())
        .isEqualToIgnoringNewLines(
            "{\"channel\":\"space\",\"found\":2,\"replayed\":0,\"purged\":0}");

    refused("m4", "message m4 is not delivered: it is parked");
    refused("m5", "message m5 is not delivered: it is discarded");
    refused("m8", "message m8 is not delivered: it is pending");
    refused("m1", "there is no message m1: it was purged, or never was");
    refused("g1", "message g1 is one of channel gone");
    assertThat(database.lines(PENDING)).containsExactly("m8");

    assertThat(stretto.run("replay", "space", "--id", "m7", "--id", "m3", "m3").out())
        .startsWith("space: 2 messages replayed; ");
    assertThat(database.lines(PENDING)).containsExactly("m3", "m7", "m8");
  }

  private void refused(String id, String why) {
    Result refused = stretto.run("replay", "space", "--id", "m3", id);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).isEqualToIgnoringNewLines("stretto: " + why);
  }

  @Test
  @Tag("slow")
  void ofAChannelThatIsNotConfiguredItSaysThatNobodySends() throws SQLException {
    Result replayed = stretto.run("replay", "gone", "--from", "2026-01-31T12:00:00+01:00");

    assertThat(replayed.code()).isZero();
    assertThat(replayed.err()).contains("gone: not in the configuration");
    assertThat(database.lines(PENDING)).contains("g1");
  }

  @ParameterizedTest
  @CsvSource({
    "space, --id",
    "space --to 1h, --from",
    "space --id m3 --key k, --id",
    "space --from 1h --to 2h, --from",
    "space --from 2026-01-31, --from",
    "space --from 2026-01-31T12:00:00, --from",
    "space --from soon, --from",
    "nope --from 1h, nope",
  })
  @Tag("slow")
  void namesWhatIsWrongWithItsUse(String arguments, String named) throws SQLException {
    Result refused = stretto.run(("replay " + arguments).split(" "));

    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains(named).hasLineCount(1);
    assertThat(database.lines(PENDING)).containsExactly("m8");
  }
}
