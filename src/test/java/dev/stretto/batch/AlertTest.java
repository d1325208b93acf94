package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.run.ChannelOpener;
import dev.stretto.run.OpenChannel;
import dev.stretto.run.RunOptions;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What another channel is told of parked messages and of a gate that stays closed. */
@OnEachDatabase
class AlertTest {

  private static final Outcome UNPROCESSABLE =
      new Outcome.Rejected(Refused.MESSAGE, "HTTP 422: no room for {\"n\":3}");
  private static final Outcome BAD_GATEWAY = new Outcome.RetryLater(Fault.FAILED, "HTTP 502", null);

  @Parameter Database database;
  @TempDir Path folder;

  private JobFixture fixture(String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("alert.channel=ops");
    all.add("stretto.channels.ops.transport=rehearsed");
    all.add("unavailable.backoff=20ms");
    all.add("unavailable.max-backoff=20ms");
    return new JobFixture(database, folder, all.toArray(String[]::new));
  }

  private static List<JsonNode> alerts(JobFixture fixture) {
    return fixture
        .jdbc
        .queryForList(
            "select payload from outbox_message where channel = 'ops' order by id", String.class)
        .stream()
        .map(text -> JsonMapper.shared().readTree(text))
        .toList();
  }

  private static List<String> kinds(JobFixture fixture) {
    return alerts(fixture).stream().map(alert -> alert.path("alert").asString()).toList();
  }

  @Test
  void tellsWhichMessageWasParkedAndWhyAndNothingOfWhatItSays() throws Exception {
    try (JobFixture fixture = fixture("unavailable.after=off")) {
      fixture.transport.script(call ->
          Answer.soon(call.message().position() == 3 ? UNPROCESSABLE : new Outcome.Delivered()));
      fixture.append(5, "room");

      fixture.dispatch();

      List<JsonNode> alerts = alerts(fixture);
      assertThat(alerts).hasSize(1);
      JsonNode alert = alerts.getFirst();
      JsonNode parked = alert.path("messages").path(0);
      String id =
          fixture.jdbc.queryForObject(
              "select message_id from outbox_message where status = 'PARKED'", String.class);
      assertThat(alert.path("alert").asString()).isEqualTo("parked");
      assertThat(alert.path("channel").asString()).isEqualTo("space");
      assertThat(alert.path("count").asInt()).isEqualTo(1);
      assertThat(Instant.parse(alert.path("time").asString())).isNotNull();
      assertThat(alert.path("text").asString())
          .isEqualTo("space: parked 1 message, " + id + " (HTTP 422)");
      assertThat(parked.path("id").asString()).isEqualTo(id);
      assertThat(parked.path("key").asString()).isEqualTo("room");
      assertThat(parked.path("position").asInt()).isEqualTo(3);
      assertThat(parked.path("attempts").asInt()).isEqualTo(1);
      assertThat(parked.path("reason").asString()).isEqualTo("HTTP 422");
      assertThat(alert.toString()).doesNotContain("no room");

      int before = fixture.transport.calls().size();
      try (OpenChannel ops =
          fixture.context.getBean(ChannelOpener.class).open("ops", RunOptions.NONE)) {
        fixture.context.getBean(RunLauncher.class).dispatch(ops, RunOptions.NONE, run -> {});
      }
      assertThat(fixture.transport.calls().get(before).message().payload())
          .as("sent like any other message")
          .contains("\"parked\"");
    }
  }

  /**
   * Both are in one transaction, so that whatever is killed, whenever, nothing is parked untold.
   */
  @Test
  void nobodyEverSeesAParkedMessageOfWhichNothingIsTold() throws Exception {
    try (JobFixture fixture = fixture("unavailable.after=off", "window=8")) {
      fixture.append(100);
      fixture.transport.script(call -> Answer.soon(UNPROCESSABLE));
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger looks = new AtomicInteger();
      AtomicReference<String> mismatch = new AtomicReference<>("");
      Thread watch =
          Thread.ofPlatform()
              .start(() -> {
                while (!over.get()) {
                  Seen seen = seen(fixture);
                  looks.incrementAndGet();
                  if (seen.parked() != seen.told()) {
                    mismatch.set(seen.toString());
                  }
                }
              });

      fixture.dispatch();
      over.set(true);
      watch.join();

      assertThat(mismatch.get()).isEmpty();
      assertThat(looks.get()).isGreaterThan(1);
      assertThat(seen(fixture)).isEqualTo(new Seen(100, 100));
      assertThat(alerts(fixture)).as("one for each commit that parked any").hasSizeLessThan(100);
    }
  }

  private record Seen(int parked, int told) {}

  /** In one statement, so of one moment. */
  private static Seen seen(JobFixture fixture) {
    int[] counts = new int[2];
    fixture.jdbc.query(
        "select channel, payload from outbox_message where channel = 'ops' or status = 'PARKED'",
        row -> {
          if (row.getString(1).equals("ops")) {
            counts[1] += JsonMapper.shared().readTree(row.getString(2)).path("count").asInt();
          } else {
            counts[0]++;
          }
        });
    return new Seen(counts[0], counts[1]);
  }

  @Test
  void tellsOfManyInOneAlertThatNamesTheFirst() throws Exception {
    try (JobFixture fixture = fixture("on-unknown=quarantine")) {
      fixture.append(25);
      fixture.jdbc.update(
          "update outbox_message set status = 'IN_FLIGHT', queue = 2, position = id");
      fixture.append(1);

      fixture.dispatch();

      List<JsonNode> alerts = alerts(fixture);
      assertThat(alerts).hasSize(1);
      assertThat(alerts.getFirst().path("count").asInt()).isEqualTo(25);
      assertThat(alerts.getFirst().path("messages"))
          .hasSize(10)
          .extracting(message -> message.path("position").asInt())
          .isSorted();
      assertThat(alerts.getFirst().path("text").asString())
          .endsWith("(outcome unknown) and 15 more");
    }
  }

  @Test
  void tellsOnceThatAGateStaysClosedAndOnceThatItIsOpen() throws Exception {
    try (JobFixture fixture = fixture("unavailable.patience=0s")) {
      fixture.append(20);
      fixture.transport.script(call -> Answer.soon(BAD_GATEWAY));
      fixture.dispatch();
      assertThat(kinds(fixture)).as("not for long enough").isEmpty();
      Instant since = closedSince(fixture, Duration.ofMinutes(6));

      fixture.dispatch();
      fixture.dispatch();

      assertThat(kinds(fixture)).containsExactly("gate-closed");
      JsonNode closed = alerts(fixture).getFirst();
      assertThat(closed.path("since").asString()).isEqualTo(since.toString());
      assertThat(closed.path("text").asString()).startsWith("space: nothing is delivered since");
      fixture.transport.script(call -> Answer.soon(new Outcome.Delivered()));
      fixture.dispatch();
      fixture.append(1);
      fixture.dispatch();
      assertThat(kinds(fixture)).containsExactly("gate-closed", "gate-open");
    }
  }

  @Test
  void tellsOfAGateThatWasClosedForLongerThanARunMayWait() throws Exception {
    try (JobFixture fixture = fixture("unavailable.patience=1s")) {
      fixture.append(1);
      fixture.transport.script(call ->
          Answer.soon(new Outcome.RetryLater(Fault.UNAVAILABLE, "HTTP 503", Duration.ofHours(1))));
      assertThat(fixture.dispatch().stop()).extracting(Stop::reason).isEqualTo(Reason.UNAVAILABLE);
      closedSince(fixture, Duration.ofMinutes(6));

      assertThat(fixture.launch()).isInstanceOf(RunResult.GateClosed.class);
      assertThat(fixture.launch()).isInstanceOf(RunResult.GateClosed.class);

      assertThat(kinds(fixture)).containsExactly("gate-closed");
      assertThat(alerts(fixture).getFirst().path("until").asString()).isNotEmpty();
    }
  }

  @Test
  void tellsOfAGateWhileARunWaitsForItAndMakesNoCall() throws Exception {
    try (JobFixture fixture = fixture("alert.gate-after=1s", "unavailable.patience=2h")) {
      fixture.append(1);
      fixture.transport.script(call ->
          Answer.soon(new Outcome.RetryLater(Fault.UNAVAILABLE, "HTTP 503", Duration.ofHours(1))));

      fixture.dispatch(
          RunOptions.NONE,
          run ->
              Thread.ofPlatform()
                  .start(() -> {
                    try {
                      await().until(() -> !alerts(fixture).isEmpty());
                    } finally {
                      run.stop("the test ends");
                    }
                  }));

      assertThat(kinds(fixture)).containsExactly("gate-closed");
      assertThat(fixture.transport.calls()).hasSize(1);
    }
  }

  private static Instant closedSince(JobFixture fixture, Duration ago) {
    Instant since = Instant.ofEpochSecond(Instant.now().minus(ago).getEpochSecond());
    assertThat(
            fixture.jdbc.update(
                "update outbox_channel set gate_since = ? where gate_since is not null",
                Timestamp.from(since)))
        .isEqualTo(1);
    return since;
  }

  @Test
  void whatCanNotBeToldOfIsParkedAllTheSameAndTheRunFails() throws Exception {
    try (JobFixture fixture = fixture("unavailable.after=off")) {
      fixture.jdbc.execute(
          "alter table outbox_message add constraint no_alerts check (channel <> 'ops')");
      fixture.append(1);
      fixture.transport.script(call -> Answer.soon(UNPROCESSABLE));

      assertThat(fixture.dispatch().status()).isEqualTo("FAILED");

      assertThat(fixture.statuses()).containsOnlyKeys("PARKED");
    }
  }
}
