package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.outbox.ChannelGates;
import dev.stretto.outbox.admin.OutboxView;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Law 10: a destination's trouble is not its messages'. */
@OnEachDatabase
class OutageTest {

  private static final Outcome BAD_GATEWAY = new Outcome.RetryLater(Fault.FAILED, "HTTP 502", null);
  private static final Outcome UNAUTHORIZED = new Outcome.Rejected(Refused.SENDER, "HTTP 401");
  private static final Outcome BAD_REQUEST = new Outcome.Rejected(Refused.MESSAGE, "HTTP 400");

  @Parameter Database database;
  @TempDir Path folder;

  private JobFixture fixture(String... settings) {
    return patient("200ms", "20ms", settings);
  }

  private JobFixture patient(String patience, String maxBackoff, String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("unavailable.backoff=20ms");
    all.add("unavailable.max-backoff=" + maxBackoff);
    all.add("unavailable.patience=" + patience);
    return new JobFixture(database, folder, all.toArray(String[]::new));
  }

  /**
   * Whether it is certain to be the destination: until then calls start that may show otherwise.
   */
  private static boolean probed(JobFixture fixture) {
    List<Long> positions = fixture.transport.positions();
    return positions.stream().distinct().count() < positions.size();
  }

  private static void always(JobFixture fixture, Outcome outcome) {
    fixture.transport.script(call -> Answer.soon(outcome));
  }

  @Test
  void anOutageParksNothingAndWhatComesAfterItIsInOrder() throws Exception {
    try (JobFixture fixture = fixture("window=8", "retry.attempts=2")) {
      fixture.append(300);
      always(fixture, BAD_GATEWAY);

      Executed during = fixture.dispatch();

      assertThat(during.stop()).extracting(Stop::reason).isEqualTo(Reason.UNAVAILABLE);
      assertThat(during.stop()).extracting(Stop::text).asString().contains("HTTP 502", "in a row");
      assertThat(fixture.statuses()).isEqualTo(Map.of("PENDING", 300));
      assertThat(max(fixture, "attempts")).isZero();
      int calls = fixture.transport.calls().size();
      always(fixture, new Outcome.Delivered());

      Executed after = fixture.dispatch();

      assertThat(after.status()).isEqualTo("COMPLETED");
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 300));
      assertThat(fixture.transport.positions().subList(calls, calls + 300)).isSorted();
    }
  }

  @Test
  void anOutageThatEndsInTimeLetsTheRunGoOnInOrder() throws Exception {
    // For so long the first probe waits for answers that are late, or still being recorded.
    try (JobFixture fixture = patient("1m", "10s", "window=4", "retry.attempts=1")) {
      fixture.append(200);
      AtomicReference<@Nullable String> standing = new AtomicReference<>();
      AtomicBoolean healthy = new AtomicBoolean();
      Set<Long> delivered = new TreeSet<>();
      fixture.transport.script(call -> {
        if (healthy.get()) {
          delivered.add(call.message().position());
          assertThat(delivered).as("in position order").last().isEqualTo(call.message().position());
          return Answer.soon(new Outcome.Delivered());
        }
        return Answer.soon(BAD_GATEWAY);
      });
      Thread watch =
          Thread.ofPlatform()
              .start(() -> {
                Awaitility.await().until(() -> gate(fixture) != null && probed(fixture));
                standing.set(Objects.requireNonNull(gate(fixture)).reason());
                healthy.set(true);
              });

      Executed result = fixture.dispatch();
      watch.join();

      assertThat(result.status()).isEqualTo("COMPLETED");
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 200));
      assertThat(standing.get()).as("what status said meanwhile").contains("HTTP 502");
      assertThat(fixture.jdbc.queryForList("select gate_since from outbox_channel"))
          .extracting(row -> row.get("gate_since"))
          .containsOnlyNulls();
    }
  }

  @Test
  void aDestinationThatRefusesEverythingIsCalledNoMoreThanThat() throws Exception {
    try (JobFixture fixture = fixture("window=8")) {
      fixture.append(300);
      always(fixture, UNAUTHORIZED);

      Executed result = fixture.dispatch();

      assertThat(result.status()).isEqualTo("FAILED");
      assertThat(result.stop()).extracting(Stop::reason).isEqualTo(Reason.REFUSED);
      assertThat(fixture.transport.calls()).hasSizeLessThanOrEqualTo(18);
      assertThat(fixture.statuses()).isEqualTo(Map.of("PENDING", 300));
      assertThat(Objects.requireNonNull(gate(fixture)).reason()).contains("HTTP 401");
      assertThat(fixture.jdbc.queryForObject("select claimed from outbox_channel", Integer.class))
          .as("what a run that follows would take for sent")
          .isZero();
    }
  }

  @Test
  void exactlyTheBadOnesAreParkedInStartOrder() throws Exception {
    exactlyTheBadOnesAreParked("ordering=start", "on-exhausted=park");
  }

  @Test
  void exactlyTheBadOnesAreParkedInKeyOrder() throws Exception {
    exactlyTheBadOnesAreParked("ordering=key", "on-exhausted=park");
  }

  /** With waits that a slow machine does not outlast: what clears the destination comes at once. */
  private void exactlyTheBadOnesAreParked(String ordering, String exhausted) throws Exception {
    try (JobFixture fixture =
        new JobFixture(
            database,
            folder,
            ordering,
            exhausted,
            "unavailable.backoff=1m",
            "unavailable.max-backoff=10m",
            "unavailable.patience=1h")) {
      for (int round = 0; round < 20; round++) {
        fixture.append(125, null);
        fixture.append(50, "k" + round);
        fixture.append(75, "m" + round);
      }
      fixture.transport.script(call -> Answer.soon(outcome(call)));

      Executed result = fixture.dispatch();

      assertThat(result.stop()).isNull();
      Set<Long> bad = new TreeSet<>();
      for (long place = 1; place <= 5000; place++) {
        if (failing(place) || refused(place)) {
          bad.add(place);
        }
      }
      assertThat(
              fixture.jdbc.queryForList(
                  "select position from outbox_message where status = 'PARKED' order by position",
                  Long.class))
          .containsExactlyElementsOf(bad);
      assertThat(fixture.statuses())
          .isEqualTo(Map.of("DELIVERED", 5000 - bad.size(), "PARKED", bad.size()));
    }
  }

  private static boolean failing(long place) {
    return place % 97 == 0 || (place > 2000 && place <= 2006);
  }

  private static boolean refused(long place) {
    return !failing(place) && (place % 151 == 0 || (place > 2006 && place <= 2012));
  }

  private static Outcome outcome(Call call) {
    long place = call.message().position();
    if (failing(place)) {
      return BAD_GATEWAY;
    }
    return refused(place) ? BAD_REQUEST : new Outcome.Delivered();
  }

  @Test
  @Tag("slow")
  void anAloneMessageIsParkedOnlyWhereItIsRefusedItselfOrGivenUp() throws Exception {
    for (Outcome outcome : List.of(BAD_GATEWAY, UNAUTHORIZED)) {
      try (JobFixture fixture = fixture()) {
        fixture.jdbc.update("delete from outbox_message");
        fixture.append(1);
        always(fixture, outcome);
        Reason expected = outcome.equals(UNAUTHORIZED) ? Reason.REFUSED : Reason.UNAVAILABLE;

        Executed first = fixture.dispatch();
        Executed second = fixture.dispatch();

        assertThat(first.stop()).extracting(Stop::reason).isEqualTo(expected);
        assertThat(second.stop()).extracting(Stop::reason).isEqualTo(expected);
        assertThat(fixture.statuses()).isEqualTo(Map.of("PENDING", 1));

        fixture.jdbc.update(
            "update outbox_message set first_started_at = first_started_at - interval '25' hour");
        Executed last = fixture.dispatch();

        assertThat(last.stop()).isNull();
        assertThat(last.counts().parked()).isEqualTo(1);
      }
    }
    try (JobFixture fixture = fixture()) {
      fixture.jdbc.update("delete from outbox_message");
      fixture.append(1);
      always(fixture, BAD_REQUEST);

      Executed result = fixture.dispatch();

      assertThat(result.status()).isEqualTo("COMPLETED");
      assertThat(fixture.statuses()).isEqualTo(Map.of("PARKED", 1));
    }
  }

  @Test
  void aPauseCanBeEndedByAPerson() throws Exception {
    try (JobFixture fixture = fixture()) {
      fixture.append(3);
      always(fixture, new Outcome.RetryLater(Fault.UNAVAILABLE, "HTTP 429", Duration.ofHours(24)));
      fixture.dispatch();
      always(fixture, new Outcome.Delivered());
      assertThat(fixture.launch().counts().delivered()).as("the pause is kept").isZero();
      assertThat(Objects.requireNonNull(gate(fixture)).closedUntil()).isNotNull();

      assertThat(new ChannelGates(fixture.jdbc).open(JobFixture.CHANNEL)).isTrue();

      assertThat(gate(fixture)).isNull();
      assertThat(fixture.dispatch().counts().delivered()).isEqualTo(3);
    }
  }

  private static OutboxView.@Nullable Gate gate(JobFixture fixture) {
    return new ChannelStatuses(fixture.jdbc).of(List.of(JobFixture.CHANNEL)).getFirst().gate();
  }

  private static int max(JobFixture fixture, String column) {
    Integer most =
        fixture.jdbc.queryForObject(
            "select max(" + column + ") from outbox_message", Integer.class);
    return Objects.requireNonNull(most);
  }
}
