package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.receiver.Receiver;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/**
 * Of three channels, one has something to send, one has nothing, and one was left by a dead run.
 */
@OnEachDatabase
class IdleBesideBusyTest {

  @Parameter Database vendor;
  @TempDir Path folder;
  private Receiver receiver;
  private TestDatabase database;
  private CommandLineRun stretto;

  @BeforeEach
  void setUp() throws Exception {
    receiver = new Receiver(Receiver.Options.delayed(Receiver.constant(Duration.ZERO)));
    FreshDatabase fresh = vendor.migrated(folder);
    database = new TestDatabase(fresh);
    stretto = new CommandLineRun(fresh);
    for (String channel : new String[] {"busy", "idle", "left"}) {
      stretto
          .with("--stretto.channels." + channel + ".transport=http")
          .with("--stretto.channels." + channel + ".http.version=2")
          .with("--stretto.channels." + channel + ".http.url=http://127.0.0.1:" + receiver.port());
    }
    stretto.run(CommandLineRun.lines("1", "2"), "append", "--channel", "busy");
    database.execute(
        "insert into channel_lease (channel, fence, owner, expires_at)"
            + " values ('left', 1, 'dead', "
            + vendor.in2026("0")
            + ")");
  }

  @AfterEach
  void tearDown() {
    receiver.close();
  }

  @Test
  void anIdleChannelTakesNoLease() throws Exception {
    Result dispatch =
        stretto.run(
            "dispatch", "--json", "--channel", "idle", "--channel", "busy", "--channel", "left");

    assertThat(dispatch.code()).isZero();
    assertThat(dispatch.out().lines())
        .hasSize(3)
        .anyMatch(line -> line.contains("\"channel\":\"busy\"") && line.contains("\"delivered\":2"))
        .anyMatch(line -> line.contains("\"channel\":\"left\"") && line.contains("COMPLETED"))
        .anyMatch(
            line -> line.contains("\"channel\":\"idle\",\"run\":null,\"status\":\"COMPLETED\""));
    assertThat(database.lines("select channel from channel_lease order by channel"))
        .containsExactly("busy", "left");
    assertThat(database.lines("select owner from channel_lease where channel = 'left'"))
        .as("what the dead run left was looked at")
        .containsExactly((String) null);
  }

  @Test
  void whatAnIdleChannelDeliveredLongAgoIsRemovedAllTheSame() throws Exception {
    database.execute(
        "insert into outbox_message (channel, payload, status, queue, position, settled_at)"
            + " values ('idle', '1', 'DELIVERED', 6, 1, "
            + vendor.in2026("0")
            + ")",
        "insert into outbox_channel (channel, last_position) values ('idle', 1)");
    stretto.with("--stretto.retention=1d");

    assertThat(stretto.run("dispatch", "--channel", "idle", "--channel", "busy").code()).isZero();

    assertThat(database.lines("select id from outbox_message where channel = 'idle'")).isEmpty();
    assertThat(database.lines("select channel from channel_lease where channel = 'idle'"))
        .isEmpty();
  }
}
