package dev.stretto.dispatch;

import static dev.stretto.dispatch.Rehearsal.delivered;
import static dev.stretto.dispatch.Rehearsal.failed;
import static dev.stretto.dispatch.Rehearsal.rejected;
import static dev.stretto.dispatch.Rehearsal.unavailable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.message.Settlement;
import dev.stretto.message.Status;
import dev.stretto.transport.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A channel whose messages name several destinations, one of which may be in trouble. */
class DestinationsTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private static Settings keyed(int window) {
    return Settings.start(window).ordering(Ordering.KEY);
  }

  private static Outcome at(String destination, Outcome outcome) {
    return new Outcome.Apart(destination, outcome);
  }

  /** Has the call of a message, counted from 1, end so. */
  private static void finish(Rehearsal rehearsal, int message, Outcome outcome) {
    rehearsal.finish(rehearsal.offered.get(message - 1).message().position(), outcome).go();
  }

  private static List<Long> underWay(Rehearsal rehearsal) {
    return rehearsal.underWay.stream().map(task -> task.message().id()).toList();
  }

  private static Rehearsal rehearsal(Settings settings, String... keys) {
    Rehearsal rehearsal = new Rehearsal(settings);
    for (String key : keys) {
      rehearsal.offer(key.isEmpty() ? null : key);
    }
    return rehearsal.go();
  }

  static List<Outcome> troubles() {
    return List.of(unavailable(null), unavailable(HOUR), failed(), rejected());
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void oneThatIsInTroubleStopsNoOtherHoweverManyOfItsMessagesThereAre(Outcome trouble) {
    Rehearsal rehearsal = new Rehearsal(keyed(41));
    for (int i = 1; i <= 40; i++) {
      rehearsal.offer("dead" + i);
      finish(rehearsal.go(), i, at("dead", trouble));
    }

    rehearsal.offer("live");

    assertThat(rehearsal.state.counts().closed()).isFalse();
    assertThat(underWay(rehearsal.go())).contains(41L);
    assertThat(rehearsal.recorded).as("nothing is charged yet").isEmpty();
    finish(rehearsal, 41, at("live", delivered()));
    assertThat(rehearsal.statusOf(rehearsal.offered.getLast().message().position()))
        .isEqualTo(Status.DELIVERED);
  }

  @Test
  void oneThatIsUnavailableCostsNoAttemptAndItsKeyWaits() {
    Rehearsal rehearsal = rehearsal(keyed(2), "a", "a", "b");

    finish(rehearsal, 1, at("dead", unavailable(null)));

    assertThat(rehearsal.givenBack.get(1L)).extracting(Settlement::attempts).isEqualTo(0);
    finish(rehearsal, 3, at("live", delivered()));
    assertThat(underWay(rehearsal)).as("the next of the key keeps its place").isEmpty();
    assertThat(underWay(rehearsal.pass(Duration.ofMillis(500)).go())).containsExactly(1L);
    finish(rehearsal, 1, at("dead", delivered()));
    assertThat(underWay(rehearsal)).containsExactly(2L);
  }

  @Test
  void asManyAsTheStreakNeedsAreTheNetworkAndCloseTheGate() {
    Rehearsal rehearsal = rehearsal(keyed(4).after(4), "a", "b", "c", "d");
    for (int message = 1; message <= 4; message++) {
      finish(rehearsal, message, at("host" + message, unavailable(HOUR)));
    }
    assertThat(rehearsal.state.counts().closed()).isTrue();
    rehearsal.offer("e");
    rehearsal.offer("f");
    assertThat(underWay(rehearsal.go())).as("witnesses").containsExactly(5L, 6L);
    finish(rehearsal, 5, at("host5", unavailable(HOUR)));
    finish(rehearsal, 6, at("host6", unavailable(HOUR)));
    rehearsal.offer("g");
    rehearsal.offer("h");
    rehearsal.go();
    finish(rehearsal, 7, at("host7", unavailable(HOUR)));
    finish(rehearsal, 8, at("host8", unavailable(HOUR)));
    rehearsal.offer("i");
    rehearsal.offer("j");
    rehearsal.pass(Duration.ofSeconds(10)).go();
    assertThat(underWay(rehearsal)).as("a probe").containsExactly(9L);

    finish(rehearsal, 9, at("host9", unavailable(HOUR)));
    rehearsal.pass(Duration.ofSeconds(10)).go();

    assertThat(underWay(rehearsal)).as("the next probe, to another").containsExactly(10L);
    finish(rehearsal, 10, at("host10", delivered()));
    assertThat(rehearsal.state.counts().closed()).as("an hour was one host's").isFalse();
    assertThat(rehearsal.recorded).hasSize(1);
  }

  @Test
  void oneThatStaysUnavailableHasItsMessageParkedOnceThatIsGivenUp() {
    Rehearsal rehearsal = rehearsal(keyed(2).patience(HOUR.multipliedBy(100)), "a");
    finish(rehearsal, 1, at("dead", unavailable(HOUR)));
    for (int hour = 1; hour < 24; hour++) {
      finish(rehearsal.pass(HOUR).go(), 1, at("dead", unavailable(HOUR)));
      assertThat(rehearsal.recorded).isEmpty();
    }

    finish(rehearsal.pass(HOUR).go(), 1, at("dead", unavailable(HOUR)));
    assertThat(rehearsal.recorded).as("nothing shows that others are reached").isEmpty();
    rehearsal.offer("b");
    finish(rehearsal.go(), 2, at("live", delivered()));

    assertThat(rehearsal.go().statusOf(1)).isEqualTo(Status.PARKED);
  }

  @Test
  void aMessageWithoutAKeyHasAsManyAttemptsAsAnyOther() {
    Rehearsal rehearsal = rehearsal(keyed(2), "");
    for (int attempt = 1; attempt <= 5; attempt++) {
      finish(rehearsal, 1, at("dead", unavailable(null)));
      rehearsal.passUntilNext();
      rehearsal.go();
    }
    assertThat(rehearsal.starts).hasSize(5);
    assertThat(rehearsal.state.counts().closed()).isFalse();
    rehearsal.offer("b");
    finish(rehearsal.go(), 2, at("live", delivered()));

    assertThat(rehearsal.go().statusOf(1)).isEqualTo(Status.PARKED);
  }

  @Test
  void aRunEndsAndSaysWhyWhereOnlyKeysOfSuchAreLeft() {
    Rehearsal rehearsal = rehearsal(keyed(2).patience(Duration.ofSeconds(1)), "a");
    finish(rehearsal, 1, at("dead", unavailable(HOUR)));

    assertThat(rehearsal.conclude()).isFalse();

    assertThat(rehearsal.state.stopped())
        .extracting(Stop::text)
        .isEqualTo("one ordering key is closed until 1970-01-01T01:00:00Z, HTTP 503");
  }
}
