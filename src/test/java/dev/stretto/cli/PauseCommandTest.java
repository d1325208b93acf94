package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
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
class PauseCommandTest {

  private static final String BY = System.getProperty("user.name") + "@";

  @Parameter Database vendor;
  @TempDir Path folder;
  private CommandLineRun stretto;
  private TestDatabase database;

  @BeforeEach
  void setUp() {
    FreshDatabase fresh = vendor.migrated(folder);
    stretto =
        new CommandLineRun(fresh).with("--stretto.channels.space.http.url=http://127.0.0.1:9");
    database = new TestDatabase(fresh);
  }

  @Test
  void aPauseIsShownWithWhoAndWhyUntilItIsResumed() {
    Result paused = stretto.run("pause", "space", "--reason", "their release");

    assertThat(paused.code()).isZero();
    assertThat(paused.out())
        .isEqualToIgnoringNewLines("space: paused; nothing starts until stretto resume space");
    assertThat(stretto.run("status").out())
        .containsPattern(
            "space: paused since 20\\S+Z by " + BY + "\\S+: their release; stretto resume space");
    assertThat(stretto.run("status", "--json").out())
        .contains("\"paused\":{\"since\":\"20", "\"by\":\"" + BY, "\"reason\":\"their release\"}");

    assertThat(stretto.run("resume", "space").out())
        .isEqualToIgnoringNewLines("space: resumed; the next dispatch starts calls");
    assertThat(stretto.run("resume", "space").out())
        .isEqualToIgnoringNewLines("space: was not paused");
    assertThat(stretto.run("status", "--json").out()).contains("\"paused\":null");
  }

  @Test
  void aPausedChannelIsSkippedOrTriedLaterWhereItWasNamed() {
    stretto.run("1\n2\n".getBytes(UTF_8), "append", "--channel", "space");
    stretto.run("pause", "space");

    Result all = stretto.run("dispatch");
    Result named = stretto.run("dispatch", "--channel", "space", "--json");
    Result pattern = stretto.run("dispatch", "--channel", "sp*");
    Result plan = stretto.run("dispatch", "--dry-run");

    assertThat(all.code()).isZero();
    assertThat(all.out())
        .startsWith("space: 0 delivered, 2 still waiting, in ")
        .contains(": paused since ", " by " + BY);
    assertThat(named.code()).isEqualTo(75);
    assertThat(named.out())
        .contains(
            "\"run\":null,\"status\":\"PAUSED\"", "\"remaining\":2", "\"reason\":\"paused since");
    assertThat(pattern.code()).isZero();
    assertThat(plan.out()).contains("would send 2 messages", ", but is paused since ");
    assertThat(stretto.run("runs").out()).as("no run").doesNotContain("space");
  }

  @Test
  void nothingIsTriedLaterWhereNothingWaits() {
    stretto.run("pause", "space");

    assertThat(stretto.run("dispatch", "--channel", "space").code()).isZero();
  }

  @Test
  void pausingAgainKeepsTheReasonUnlessAnotherIsGiven() throws SQLException {
    stretto.run("pause", "space", "--reason", "first");
    database.execute(
        "update channel_lease set paused_at = timestamp '2026-01-02 03:04:05', paused_by = 'ann'");
    String since = database.lines("select paused_at from channel_lease").getFirst();

    assertThat(stretto.run("pause", "space").out())
        .startsWith("space: was paused before; paused since 2026-01-0")
        .endsWith(" by ann: first\n");
    assertThat(stretto.run("pause", "space", "--reason", "second", "--json").out())
        .startsWith("{\"channels\":[{\"channel\":\"space\",\"changed\":false,\"since\":\"2026-01-0")
        .contains("\"by\":\"" + BY, "\"reason\":\"second\"}]}");
    assertThat(database.lines("select paused_at from channel_lease")).containsExactly(since);
  }

  @Test
  void channelsOfTheDatabaseAndPatternsAreTakenAndUnknownOnesRefusedBeforeAnythingIsChanged()
      throws SQLException {
    database.execute(
        "insert into outbox_message (channel, payload) values ('customer-1', '1'), ('customer-2',"
            + " '1')");

    Result unknown = stretto.run("pause", "customer-1", "nope");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("there is no channel nope").hasLineCount(1);
    assertThat(database.lines("select channel from channel_lease")).isEmpty();

    assertThat(stretto.run("pause", "customer-*", "space").out().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("customer-1: paused"),
            line -> assertThat(line).startsWith("customer-2: paused"),
            line -> assertThat(line).startsWith("space: paused"));
    assertThat(stretto.run("resume", "customer-*", "--json").out())
        .isEqualToIgnoringNewLines(
            "{\"channels\":[{\"channel\":\"customer-1\",\"resumed\":true},"
                + "{\"channel\":\"customer-2\",\"resumed\":true}]}");
    assertThat(database.lines("select channel from channel_lease where paused_at is not null"))
        .containsExactly("space");
  }

  @Test
  void reasonsThatNobodyCouldReadAreRefused() {
    for (String reason : new String[] {" ", "a\nb", "x".repeat(501)}) {
      Result refused = stretto.run("pause", "space", "--reason", reason);
      assertThat(refused.code()).isEqualTo(2);
      assertThat(refused.err()).contains("--reason: must").hasLineCount(1);
    }
    assertThat(stretto.run("pause").code()).isEqualTo(2);
  }
}
