package dev.stretto.dispatch;

import static dev.stretto.dispatch.Rehearsal.delivered;
import static dev.stretto.dispatch.Rehearsal.failed;
import static dev.stretto.dispatch.Rehearsal.rejected;
import static dev.stretto.dispatch.Rehearsal.unavailable;
import static dev.stretto.dispatch.Rehearsal.untaken;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.DispatchSettings.RetryAfter;
import dev.stretto.message.ClosedKey;
import dev.stretto.message.Settlement;
import dev.stretto.message.Status;
import dev.stretto.transport.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rates and gates of keys: {@code key-rate} and {@code retry-after: key}. */
class KeyGatesTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static Settings keyed(int window) {
    return Settings.start(window).ordering(Ordering.KEY);
  }

  private static Settings closing(int window) {
    return keyed(window).keys(Duration.ZERO, RetryAfter.KEY);
  }

  private static Rehearsal rehearsal(Settings settings, String... keys) {
    Rehearsal rehearsal = new Rehearsal(settings);
    offer(rehearsal, keys);
    return rehearsal.go();
  }

  private static void offer(Rehearsal rehearsal, String... keys) {
    for (String key : keys) {
      rehearsal.offer(key.isEmpty() ? null : key);
    }
  }

  /** Of the messages offered, counted from 1, whose call is under way ends so. */
  private static Rehearsal finish(Rehearsal rehearsal, int message, Outcome outcome) {
    return rehearsal.finish(rehearsal.offered.get(message - 1).message().position(), outcome).go();
  }

  private static List<Long> underWay(Rehearsal rehearsal) {
    return rehearsal.underWay.stream().map(task -> task.message().id()).toList();
  }

  private static List<Long> recorded(Rehearsal rehearsal) {
    return rehearsal.recorded.values().stream().map(it -> it.message().id()).toList();
  }

  @Test
  void startsOfAKeyAreApartWhileOtherKeysGoOn() {
    Rehearsal rehearsal =
        rehearsal(keyed(1).keys(SECOND, RetryAfter.CHANNEL), "a", "a", "b", "", "");

    for (int message : List.of(1, 3, 4, 5)) {
      finish(rehearsal, message, delivered());
    }
    assertThat(underWay(rehearsal)).as("what has no key waits for none").isEmpty();

    assertThat(underWay(rehearsal.pass(SECOND.minusNanos(1)).go())).isEmpty();
    assertThat(underWay(rehearsal.pass(Duration.ofNanos(1)).go())).containsExactly(2L);
  }

  @Test
  void aRetryKeepsTheRateOfItsKeyToo() {
    Settings settings = keyed(2).keys(SECOND, RetryAfter.CHANNEL);
    for (Outcome outcome : List.of(failed(), untaken(), unavailable(null))) {
      Rehearsal rehearsal = rehearsal(settings, "a");

      finish(rehearsal, 1, outcome).pass(SECOND.minusNanos(1)).go();
      assertThat(rehearsal.starts).as("after %s", outcome).hasSize(1);
      rehearsal.pass(Duration.ofNanos(1)).go();

      assertThat(rehearsal.starts).as("after %s", outcome).hasSize(2);
    }
  }

  @Test
  void aKeyWhoseLaneWasEmptyInBetweenKeepsItsRate() {
    Rehearsal rehearsal = rehearsal(keyed(2).keys(SECOND, RetryAfter.CHANNEL), "a");
    finish(rehearsal, 1, delivered());
    assertThat(rehearsal.startNext()).as("the starter sleeps").isFalse();

    offer(rehearsal, "a");
    assertThat(underWay(rehearsal.go())).isEmpty();
    assertThat(rehearsal.passUntilNext()).isTrue();
    assertThat(rehearsal.time()).isEqualTo(SECOND);

    assertThat(underWay(rehearsal.go())).containsExactly(2L);
  }

  @Test
  void aHotKeyWithARateTakesNoRoomFromOthers() {
    Rehearsal rehearsal = new Rehearsal(keyed(2).keys(MINUTE, RetryAfter.CHANNEL));
    offer(rehearsal, "a", "a", "a", "a", "a", "a");
    finish(rehearsal.go(), 1, delivered());
    offer(rehearsal, "a", "a", "a");

    assertThat(rehearsal.mayOffer()).as("more of a key wait than are read ahead").isTrue();
    offer(rehearsal, "b", "c");
    assertThat(underWay(rehearsal.go())).containsExactly(10L, 11L);
  }

  @Test
  void whatWaitsForKeysIsBoundedToo() {
    Rehearsal rehearsal = rehearsal(keyed(1).keys(MINUTE, RetryAfter.CHANNEL), "a");
    finish(rehearsal, 1, delivered());
    while (rehearsal.mayOffer() && rehearsal.offered.size() < 1000) {
      offer(rehearsal, "a");
    }

    assertThat(rehearsal.offered).hasSize(8 * Settings.LANE_DEPTH + 1);
    assertThat(rehearsal.pass(MINUTE).go().mayOffer()).as("once its time has come").isFalse();
  }

  @Test
  void anAnswerWithAWaitClosesItsKeyOnlyAndCostsNothing() {
    Rehearsal rehearsal = rehearsal(closing(1), "a", "a", "b", "b");

    finish(rehearsal, 1, unavailable(MINUTE));
    assertThat(rehearsal.givenBack.get(1L)).extracting(Settlement::attempts).isEqualTo(0);
    assertThat(rehearsal.closed)
        .as("kept with what was given back")
        .containsExactly(new ClosedKey("a", Instant.EPOCH.plus(MINUTE)));
    finish(rehearsal, 3, delivered());
    finish(rehearsal, 4, delivered());
    assertThat(recorded(rehearsal)).containsExactly(3L, 4L);

    assertThat(underWay(rehearsal.pass(MINUTE.minusNanos(1)).go())).isEmpty();
    assertThat(underWay(rehearsal.pass(Duration.ofNanos(1)).go())).containsExactly(1L);
    finish(rehearsal, 1, delivered());
    assertThat(rehearsal.recorded.get(1L)).extracting(Settlement::attempts).isEqualTo(1);
    assertThat(underWay(rehearsal)).containsExactly(2L);
  }

  @Test
  void theChannelClosesWhereThePolicyOrTheMessageHasNoKeyOrTheAnswerNoWait() {
    for (Rehearsal rehearsal :
        List.of(
            finish(rehearsal(keyed(1), "a", "b"), 1, unavailable(MINUTE)),
            finish(rehearsal(closing(1), "", "b"), 1, unavailable(MINUTE)),
            finish(rehearsal(closing(1), "a", "b"), 1, unavailable(null)))) {
      assertThat(underWay(rehearsal)).isEmpty();
      assertThat(rehearsal.state.counts().closed()).isTrue();
      assertThat(rehearsal.closed).isEmpty();
    }
  }

  @Test
  void manyClosedKeysHoldNoPlaceAndDontStopTheRest() {
    Rehearsal rehearsal = new Rehearsal(closing(4).after(0));
    for (int i = 1; i <= 64; i++) {
      offer(rehearsal, "closed" + i);
      finish(rehearsal.go(), i, unavailable(MINUTE));
    }
    assertThat(rehearsal.mayOffer()).isTrue();

    offer(rehearsal, "a", "b", "c", "d");

    assertThat(underWay(rehearsal.go())).containsExactly(65L, 66L, 67L, 68L);
    assertThat(rehearsal.mostClaims()).isLessThanOrEqualTo(4);
  }

  @Test
  void aDestinationThatAsksEveryKeyToWaitClosesTheChannel() {
    Rehearsal rehearsal = rehearsal(closing(2).after(4), "a", "b", "c", "d", "e", "f");
    for (int message = 1; message <= 6; message++) {
      finish(rehearsal, message, unavailable(MINUTE));
    }
    assertThat(rehearsal.state.counts().closed()).isTrue();
    offer(rehearsal, "g", "h");
    rehearsal.pass(Duration.ofMillis(500)).go();
    assertThat(underWay(rehearsal)).as("a probe").containsExactly(7L);

    finish(rehearsal, 7, unavailable(MINUTE)).pass(MINUTE.minusNanos(1)).go();

    assertThat(underWay(rehearsal)).as("what it asks for is the channel's then").isEmpty();
    assertThat(rehearsal.offered).noneMatch(Task::over);
  }

  @Test
  void anAnswerThatClosesItsKeyOpensTheChannel() {
    Rehearsal rehearsal = rehearsal(closing(1), "a", "b");
    finish(rehearsal, 1, unavailable(null)).pass(SECOND).go();
    assertThat(rehearsal.starts).as("the probe").hasSize(2);

    finish(rehearsal, 1, unavailable(MINUTE));

    assertThat(underWay(rehearsal)).containsExactly(2L);
  }

  @Test
  void aKeyIsCalledLessAndLessOftenWhateverItAsksFor() {
    Rehearsal rehearsal = rehearsal(closing(1), "a");

    finish(rehearsal, 1, unavailable(Duration.ZERO));
    assertThat(underWay(rehearsal)).isEmpty();
    finish(rehearsal.pass(Duration.ofMillis(500)).go(), 1, unavailable(Duration.ZERO));

    assertThat(underWay(rehearsal.pass(Duration.ofMillis(999)).go())).isEmpty();
    assertThat(underWay(rehearsal.pass(Duration.ofMillis(1)).go())).containsExactly(1L);
  }

  @Test
  void aRunThatMayNotWaitForAllThatIsLeftEndsAndParksNothing() {
    Rehearsal rehearsal = rehearsal(closing(2).patience(SECOND), "a", "b", "a");
    finish(rehearsal, 1, unavailable(MINUTE));
    assertThat(rehearsal.state.idle()).as("b is under way").isFalse();
    finish(rehearsal, 2, delivered());
    assertThat(rehearsal.state.idle()).isTrue();

    assertThat(rehearsal.conclude()).isFalse();

    Stop stop = rehearsal.state.stopped();
    assertThat(stop).extracting(Stop::reason).isEqualTo(Stop.Reason.UNAVAILABLE);
    assertThat(stop)
        .extracting(Stop::text)
        .isEqualTo(
            "one ordering key is closed until 1970-01-01T00:01:00Z, as the destination asked: HTTP"
                + " 503");
    assertThat(stop).extracting(Stop::retryAfter).as("it is not the channel's").isNull();
    assertThat(rehearsal.go().offered).allMatch(Task::over);
    assertThat(recorded(rehearsal)).containsExactly(2L);
  }

  @Test
  void aRunWaitsForAKeyAsLongAsItMayAndForARateAlways() {
    Rehearsal asked = rehearsal(closing(2).patience(MINUTE), "a");
    finish(asked, 1, unavailable(MINUTE));
    assertThat(asked.state.idle()).isFalse();
    finish(asked.pass(MINUTE).go(), 1, unavailable(MINUTE));
    assertThat(asked.state.idle()).as("two minutes in all").isTrue();

    Rehearsal slow = rehearsal(keyed(2).patience(SECOND).keys(MINUTE, RetryAfter.KEY), "a", "a");
    finish(slow, 1, delivered());
    assertThat(slow.state.idle()).isFalse();
  }

  @Test
  void whatAnEarlierRunHasClosedIsNotCalledBefore() {
    Rehearsal rehearsal = new Rehearsal(closing(2).patience(SECOND));
    rehearsal.state.closeKey(0, "a", MINUTE);
    offer(rehearsal, "a", "b");

    assertThat(underWay(rehearsal.go())).containsExactly(2L);
    finish(rehearsal, 2, delivered());
    assertThat(rehearsal.state.idle()).isTrue();
    assertThat(rehearsal.state.closedKeys(0))
        .containsExactly(new ClosedKey("a", Instant.EPOCH.plus(MINUTE)));
    assertThat(underWay(rehearsal.pass(MINUTE).go())).containsExactly(1L);
    assertThat(rehearsal.state.closedKeys(MINUTE.toNanos())).isEmpty();
  }

  @Test
  void aStartIsKeptAtOnceWhereARunThatFollowsAKilledOneCouldComeTooEarly() {
    assertThat(rehearsal(keyed(1).keys(SECOND, RetryAfter.CHANNEL), "a", "b").record().closed)
        .isEmpty();

    Rehearsal rehearsal = rehearsal(keyed(1).keys(MINUTE, RetryAfter.CHANNEL), "a");
    finish(rehearsal, 1, delivered());

    assertThat(rehearsal.closed).containsExactly(new ClosedKey("a", Instant.EPOCH.plus(MINUTE)));
  }

  @Test
  void aTimeThatIsUpWhileOnlyClosedKeysWaitHasToBeTriedAgainLater() {
    Rehearsal asked = rehearsal(closing(2), "a");
    finish(asked, 1, unavailable(MINUTE)).stop(Stop.Reason.TIME_UP);
    assertThat(asked.state.stopped()).extracting(Stop::reason).isEqualTo(Stop.Reason.UNAVAILABLE);

    Rehearsal slow = rehearsal(keyed(2).keys(MINUTE, RetryAfter.KEY), "a", "a");
    finish(slow, 1, delivered()).stop(Stop.Reason.TIME_UP);
    assertThat(slow.state.stopped()).extracting(Stop::reason).isEqualTo(Stop.Reason.TIME_UP);
  }

  @Test
  void aRefusedMessageIsJudgedThoughAKeyIsClosedForLonger() {
    Rehearsal rehearsal = rehearsal(closing(2).patience(SECOND), "a", "b");
    finish(rehearsal, 1, unavailable(MINUTE));
    finish(rehearsal, 2, rejected());

    assertThat(rehearsal.conclude()).isTrue();

    assertThat(rehearsal.go().statusOf(2)).isEqualTo(Status.PARKED);
    assertThat(rehearsal.conclude()).isFalse();
    assertThat(rehearsal.state.stopped())
        .extracting(Stop::reason)
        .isEqualTo(Stop.Reason.UNAVAILABLE);
  }
}
