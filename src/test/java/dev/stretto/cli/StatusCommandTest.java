package dev.stretto.cli;

import static dev.stretto.cli.CommandLineRun.lines;
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

@OnEachDatabase
class StatusCommandTest {

  private static final String ZEROS =
      "{\"channels\":[{\"channel\":\"space\",\"pending\":0,\"inFlight\":0,\"delivered\":0,"
          + "\"parked\":0,\"discarded\":0,\"lateArrivals\":0,\"oldestPendingSeconds\":null,\"blockedKeys\":0,"
          + "\"lease\":null,\"lastRun\":null,\"gate\":null,\"closedKeys\":null,\"paused\":null,\"configured\":true}]}";

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
  void aChannelWithoutMessagesHasZeros() {
    Result result = stretto.run("status", "--json");

    assertThat(result.out().strip()).isEqualTo(ZEROS);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
  }

  @Test
  void countsEveryStateAndShowsLeaseGateAndBlockedKeys() throws SQLException {
    stretto.with("--stretto.channels.space.ordering=key");
    stretto.run(lines("1", "2"), "append", "--channel", "space");
    database.execute(
        """
        insert into outbox_message (channel, payload, status, queue, ordering_key, position) values
          ('space', '1', 'IN_FLIGHT', 2, null, 1), ('space', '1', 'DELIVERED', 6, null, 2),
          ('space', '1', 'IN_FLIGHT', 2, null, 3), ('space', '1', 'PENDING', 0, null, null),
          ('space', '1', 'PARKED', 4, 'k', 4), ('space', '1', 'PARKED', 4, 'l', 5),
          ('space', '1', 'DISCARDED', 5, null, 6), ('forgotten', '1', 'PENDING', 0, null, null)
        """,
        """
        insert into outbox_lane (channel, ordering_key, blocked_by)
        values ('space', 'k', 1), ('space', 'm', null)
        """,
        """
        insert into outbox_journal (channel, entry, fence, messages, deliveries)
        values ('space', 1, 7, 2, '4:4:1:1:1 5:5:1:2:1')
        """,
        "update outbox_message set created_at = current_timestamp - interval '2' hour",
        """
        insert into channel_lease (channel, fence, owner, run, expires_at)
        values ('space', 7, 'host:1', 42, current_timestamp + interval '5' minute),
               ('forgotten', 3, 'host:2', 41, current_timestamp - interval '5' minute)
        """,
        """
        insert into outbox_channel (channel, claims, claimed, late, gate_closed_until, gate_reason,
                                    gate_since, gate_calls)
        values ('space', '1:1 2:3', 2, 1234, current_timestamp + interval '5' minute, 'HTTP 503',
                current_timestamp, 12)
        """);

    String json = stretto.run("status", "--json", "--channel", "space").out();
    String table = stretto.run("status").out();

    assertThat(json)
        .contains(
            "\"pending\":1,\"inFlight\":2,\"delivered\":3,\"parked\":2,\"discarded\":1",
            "\"lateArrivals\":1234",
            "\"oldestPendingSeconds\":720",
            "\"blockedKeys\":1",
            "\"owner\":\"host:1\",\"run\":42,\"fence\":7",
            "\"expired\":false",
            "\"lastRun\":42",
            "\"calls\":12,\"reason\":\"HTTP 503\"")
        .doesNotContain("forgotten");
    assertThat(table)
        .contains("forgotten: not in the configuration", "2h 0m", "host:1", "HTTP 503")
        .contains("forgotten: was held by host:2")
        .contains("space: stands still since ")
        .contains("as the destination asked; stretto open space lets")
        .contains("1 ordering key is blocked")
        .contains("1,234 messages were committed later");
  }

  @Test
  void aGateIsOpenedOnceAndAnUnknownChannelHasNone() throws SQLException {
    database.execute(
        """
        insert into outbox_channel (channel, gate_closed_until, gate_reason, gate_since)
        values ('space', current_timestamp + interval '5' minute, 'HTTP 503', current_timestamp)
        """);

    assertThat(stretto.run("open", "space").out())
        .isEqualToIgnoringNewLines("space: open; the next dispatch starts calls at once");
    assertThat(stretto.run("open", "space", "--json").out())
        .isEqualToIgnoringNewLines("{\"channel\":\"space\",\"opened\":false}");
    Result unknown = stretto.run("open", "nope");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("there is no channel nope").hasLineCount(1);
  }

  @Test
  void anUnknownChannelIsRefused() {
    Result result = stretto.run("status", "--channel", "nope");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("--channel: there is no channel nope").hasLineCount(1);
  }
}
