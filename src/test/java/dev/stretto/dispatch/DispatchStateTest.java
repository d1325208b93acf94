package dev.stretto.dispatch;

import static dev.stretto.dispatch.Rehearsal.busy;
import static dev.stretto.dispatch.Rehearsal.delivered;
import static dev.stretto.dispatch.Rehearsal.failed;
import static dev.stretto.dispatch.Rehearsal.refused;
import static dev.stretto.dispatch.Rehearsal.rejected;
import static dev.stretto.dispatch.Rehearsal.unavailable;
import static dev.stretto.dispatch.Rehearsal.unknown;
import static dev.stretto.dispatch.Rehearsal.unready;
import static dev.stretto.dispatch.Rehearsal.untaken;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.DispatchSettings.Rate;
import dev.stretto.dispatch.DispatchSettings.WhileRetrying;
import dev.stretto.message.Settlement;
import dev.stretto.message.Status;
import dev.stretto.transport.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DispatchStateTest {

  @Test
  void startsInOrderUpToTheWindow() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(3)).offer(5).go();

    assertThat(rehearsal.starts).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aSlowAnswerHoldsUpNobodyButItsOwnMessage() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2)).offer(5).go();

    rehearsal.finish(2, delivered()).go().finish(3, delivered()).go().finish(4, delivered()).go();

    assertThat(rehearsal.starts).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(rehearsal.recorded.keySet()).containsExactly(2L, 3L, 4L);
  }

  @Test
  void aSettledMessageFreesItsPlaceOnlyOnceThatIsRecorded() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(1)).offer(2).go();

    rehearsal.finish(1, delivered());

    assertThat(rehearsal.startNext()).isFalse();
    assertThat(rehearsal.go().starts).containsExactly(1L, 2L);
    assertThat(rehearsal.mostClaims()).isEqualTo(1);
  }

  @Test
  void aFailedMessageIsSentAgainAfterItsBackoffAndBeforeNewStarts() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2)).offer(4).go();

    rehearsal.finish(1, failed()).go();
    assertThat(rehearsal.starts).containsExactly(1L, 2L);

    rehearsal.finish(2, delivered()).pass(Duration.ofMillis(100)).go();
    assertThat(rehearsal.starts).containsExactly(1L, 2L, 1L, 3L);

    rehearsal.finish(1, delivered()).go();
    assertThat(rehearsal.recorded.get(1L)).extracting(Settlement::attempts).isEqualTo(2);
  }

  @Test
  void ofSeveralDueRetriesTheLowestPositionGoesFirst() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(3)).offer(3).go();

    rehearsal.finish(3, failed()).finish(1, failed()).finish(2, failed());
    rehearsal.pass(Duration.ofSeconds(1)).go();

    assertThat(rehearsal.starts).containsExactly(1L, 2L, 3L, 1L, 2L, 3L);
  }

  @Test
  void aMessageThatFailsTooOftenIsParkedOnceALaterCallIsDeliveredAndTheOthersGoOn() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2).attempts(2)).offer(4).go();

    rehearsal.finish(1, failed()).pass(Duration.ofSeconds(1)).go().finish(1, failed()).go();
    assertThat(rehearsal.starts).as("it holds no place").containsExactly(1L, 2L, 1L, 3L);
    assertThat(rehearsal.givenBack.get(1L)).extracting(Settlement::attempts).isEqualTo(0);

    rehearsal.finish(2, delivered()).go();
    assertThat(rehearsal.recorded).as("2 started before its last").containsOnlyKeys(2L);

    rehearsal.finish(3, delivered()).go();
    assertThat(rehearsal.statusOf(1)).isEqualTo(Status.PARKED);
    assertThat(rehearsal.recorded.get(1L)).extracting(Settlement::lastError).isEqualTo("HTTP 502");
    assertThat(rehearsal.recorded.get(1L)).extracting(Settlement::attempts).isEqualTo(2);
  }

  @Test
  void aRejectedMessageIsParkedAtOnceWhereALaterCallIsDeliveredAlready() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2)).offer(3).go();

    rehearsal.finish(2, delivered()).finish(1, rejected()).go();

    assertThat(rehearsal.statusOf(1)).isEqualTo(Status.PARKED);
    assertThat(rehearsal.starts).containsExactly(1L, 2L, 3L);
  }

  @Test
  void anAloneMessageThatAlwaysFailsStaysFirstInLine() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2).attempts(2)).offer(1).go();

    rehearsal.finish(1, failed()).pass(Duration.ofSeconds(1)).go().finish(1, failed()).go();
    assertThat(rehearsal.conclude()).isFalse();

    assertThat(rehearsal.state.stopped())
        .extracting(Stop::reason)
        .isEqualTo(Stop.Reason.UNAVAILABLE);
    assertThat(rehearsal.recorded).isEmpty();
    assertThat(rehearsal.givenBack.get(1L))
        .extracting(Settlement::status)
        .isEqualTo(Status.PENDING);
    assertThat(rehearsal.offered).allMatch(Task::over);
  }

  @Test
  void anAloneMessageWhoseSenderIsRefusedStaysFirstInLineAndCallsAPerson() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2)).offer(1).go();

    rehearsal.finish(1, refused()).go();
    assertThat(rehearsal.conclude()).isFalse();

    assertThat(rehearsal.state.stopped()).extracting(Stop::reason).isEqualTo(Stop.Reason.REFUSED);
    assertThat(rehearsal.givenBack.get(1L)).extracting(Settlement::attempts).isEqualTo(0);
  }

  @Test
  void anAloneMessageThatIsRefusedItselfIsParkedWhereNothingElseIsLeft() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2)).offer(1).go();

    rehearsal.finish(1, rejected()).go();
    assertThat(rehearsal.recorded).isEmpty();
    assertThat(rehearsal.conclude()).isTrue();

    assertThat(rehearsal.go().statusOf(1)).isEqualTo(Status.PARKED);
    assertThat(rehearsal.state.stopped()).isNull();
  }

  @Test
  void aMessageThatFailedWhileOthersWereDeliveredIsParkedWhereNothingElseIsLeft() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2).attempts(2)).offer(2).go();

    rehearsal.finish(1, failed()).finish(2, delivered()).go();
    rehearsal.pass(Duration.ofSeconds(1)).go().finish(1, failed()).go();

    assertThat(rehearsal.conclude()).isTrue();
    assertThat(rehearsal.go().statusOf(1)).isEqualTo(Status.PARKED);
  }

  @Test
  void aMessageIsGivenUpOnlyWhereItHasWaitedForTooLong() {
    Rehearsal waiting = new Rehearsal(Settings.start(2));
    waiting.pass(Duration.ofHours(24).minusNanos(1)).offerStartedBefore();
    waiting.go().finish(7, refused()).go();
    assertThat(waiting.conclude()).isFalse();
    assertThat(waiting.recorded).isEmpty();

    Rehearsal over = new Rehearsal(Settings.start(2));
    over.pass(Duration.ofHours(24)).offerStartedBefore();
    over.go().finish(7, refused()).go();
    assertThat(over.conclude()).isTrue();
    assertThat(over.go().statusOf(7)).isEqualTo(Status.PARKED);
  }

  @Test
  void tenFailuresInARowOfTwoMessagesAreTheDestinations() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2).attempts(9)).offer(3).go();
    for (int i = 0; i < 5; i++) {
      rehearsal.finish(1, failed()).finish(2, failed()).pass(Duration.ofMinutes(1)).go();
    }
    assertThat(rehearsal.starts).as("one probe").hasSize(11).endsWith(1L);
    rehearsal.finish(1, failed()).pass(Duration.ofMinutes(1)).go();
    assertThat(rehearsal.starts).as("the next probe").hasSize(12).endsWith(1L);

    rehearsal.finish(1, delivered()).go();
    assertThat(rehearsal.starts).endsWith(1L, 2L, 3L);
    rehearsal.finish(2, delivered()).go();
    assertThat(rehearsal.recorded.get(1L)).extracting(Settlement::attempts).isEqualTo(1);
    assertThat(rehearsal.recorded.get(2L)).extracting(Settlement::attempts).isEqualTo(1);
  }

  @Test
  void suspectsGoBackToTheirPlacesBeforeWhatTookTheirs() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2).attempts(1)).offer(20).go();
    for (long place = 1; place <= 10; place++) {
      rehearsal.finish(place, failed()).go();
    }
    assertThat(rehearsal.underWay)
        .extracting(f -> f.message().position())
        .as("as many as the window may still show otherwise")
        .containsExactly(11L, 12L);

    rehearsal.finish(11, failed()).finish(12, failed()).pass(Duration.ofMillis(500)).go();
    assertThat(rehearsal.starts).as("the lowest is the probe").hasSize(13).endsWith(1L);

    rehearsal.finish(1, delivered()).go();
    for (long place = 2; place <= 19; place++) {
      rehearsal.finish(place, delivered()).go();
    }
    assertThat(rehearsal.starts.subList(12, rehearsal.starts.size())).isSorted().hasSize(20);
    assertThat(rehearsal.mostClaims()).isEqualTo(2);
    assertThat(rehearsal.recorded.values()).extracting(Settlement::attempts).containsOnly(1);
  }

  @Test
  void oneMessageAloneSaysNothingOfTheDestination() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(1).attempts(20)).offer(1).go();
    for (int i = 0; i < 12; i++) {
      rehearsal.finish(1, failed()).pass(Duration.ofMinutes(1)).go();
    }
    assertThat(rehearsal.state.counts().closed()).isFalse();

    rehearsal.finish(1, delivered()).go();
    assertThat(rehearsal.recorded.get(1L)).extracting(Settlement::attempts).isEqualTo(13);
  }

  @Test
  void aCallThatStartedBeforeAllThatFailedClearsNobodyWhenItIsDelivered() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(12)).offer(60).go();
    for (long place = 2; place <= 22; place++) {
      rehearsal.finish(place, refused()).go();
    }
    rehearsal.pass(Duration.ofSeconds(9)).go();
    assertThat(rehearsal.state.stopped()).as("what is under way may show otherwise").isNull();

    rehearsal.finish(1, delivered()).go();
    assertThat(rehearsal.state.stopped()).extracting(Stop::reason).isEqualTo(Stop.Reason.REFUSED);
    assertThat(rehearsal.statusOf(1)).isEqualTo(Status.DELIVERED);
  }

  @Test
  void nothingStartsBeforeWhatIsOnItsWayBackToItsPlace() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(3).attempts(1)).offer(20).go();
    for (long place = 1; place <= 12; place++) {
      rehearsal.finish(place, failed());
      if (place <= 10) {
        rehearsal.go();
      }
    }
    rehearsal.pass(Duration.ofMillis(500));
    assertThat(rehearsal.startNext()).isFalse();
    rehearsal.finish(13, failed());

    assertThat(rehearsal.startNext()).as("13 may, but for those before it").isFalse();
    assertThat(rehearsal.record().startNext()).isTrue();
    assertThat(rehearsal.starts).endsWith(1L);
  }

  @Test
  void whatWasBeingClaimedMeanwhileMakesRoomForSuspectsToo() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2).attempts(1)).offer(20).go();
    for (long place = 1; place <= 10; place++) {
      rehearsal.finish(place, failed()).go();
    }
    rehearsal.finish(11, failed());
    Turn turn = rehearsal.state.turn(List.of());
    assertThat(turn.picked()).extracting(f -> f.message().id()).containsExactly(13L);
    rehearsal.finish(12, failed());

    rehearsal.state.committed(turn, 0);

    assertThat(rehearsal.state.turn(List.of()).released()).containsAll(turn.picked());
  }

  @Test
  void whatGivesItsClaimBackWhileTheRunStopsIsOver() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2).attempts(1)).offer(20).go();
    for (long place = 1; place <= 10; place++) {
      rehearsal.finish(place, failed()).go();
    }
    rehearsal.finish(11, failed()).finish(12, failed());
    Turn turn = rehearsal.state.turn(List.of());
    assertThat(turn.released()).extracting(f -> f.message().position()).contains(11L, 12L);

    rehearsal.stop(Stop.Reason.ASKED);
    rehearsal.state.committed(turn, 0);

    assertThat(rehearsal.offered).allMatch(Task::over);
  }

  @Test
  void aDestinationThatRefusesEverythingEndsTheRunAndParksNothing() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(4)).offer(50).go();
    for (long place = 1; place <= 14; place++) {
      rehearsal.finish(place, refused()).go();
    }

    Stop stop = rehearsal.state.stopped();
    assertThat(stop).extracting(Stop::reason).isEqualTo(Stop.Reason.REFUSED);
    assertThat(stop).extracting(Stop::text).asString().contains("14 calls in a row", "HTTP 401");
    assertThat(rehearsal.starts).as("ten and the window").hasSize(14);
    assertThat(rehearsal.recorded.values())
        .extracting(Settlement::status)
        .doesNotContain(Status.PARKED);
  }

  @Test
  void badMessagesThatFollowEachOtherAreParkedWhereWhatIsUnderWayIsDelivered() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(16)).offer(40).go();
    for (long place = 1; place <= 12; place++) {
      rehearsal.finish(place, rejected()).go();
    }
    assertThat(rehearsal.starts).as("in doubt no more than ten and the window").hasSize(26);

    rehearsal.finish(25, delivered()).go();
    assertThat(rehearsal.starts).hasSizeGreaterThan(26);
    assertThat(rehearsal.recorded.values())
        .filteredOn(settlement -> settlement.status() == Status.PARKED)
        .hasSize(12);
  }

  @Test
  void badMessagesThatFollowEachOtherAreParkedThoughTheDatabaseIsSlow() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(12)).offer(40).record();
    for (long place = 1; place <= 12; place++) {
      rehearsal.startNext();
      rehearsal.finish(place, place <= 2 ? delivered() : rejected());
    }
    rehearsal.pass(Duration.ofSeconds(2));

    assertThat(rehearsal.startNext()).as("every place waits to be recorded").isFalse();
    assertThat(rehearsal.state.stopped()).isNull();

    rehearsal.go().finish(13, delivered()).go();
    assertThat(rehearsal.recorded.values())
        .filteredOn(settlement -> settlement.status() == Status.PARKED)
        .hasSize(10);
  }

  @Test
  void badMessagesThatFollowEachOtherAreParkedThoughTheDestinationIsSlow() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(16).attempts(1)).offer(40).go();
    for (long place = 1; place <= 12; place++) {
      rehearsal.finish(place, failed()).go();
    }
    rehearsal.pass(Duration.ofSeconds(9)).go();

    rehearsal.finish(25, delivered()).go();

    assertThat(rehearsal.recorded.values())
        .filteredOn(settlement -> settlement.status() == Status.PARKED)
        .hasSize(12);
  }

  @Test
  void badMessagesThatFollowEachOtherAreParkedThoughAnswersComeAtOnce() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(16)).offer(40).record();
    for (long place = 1; place <= 12; place++) {
      rehearsal.startNext();
      rehearsal.finish(place, rejected());
    }
    assertThat(rehearsal.underWay).isEmpty();

    rehearsal.go().finish(13, delivered()).go();

    assertThat(rehearsal.state.stopped()).isNull();
    assertThat(rehearsal.recorded.values())
        .filteredOn(settlement -> settlement.status() == Status.PARKED)
        .hasSize(12);
  }

  @Test
  void switchedOffEveryFailureIsTheMessages() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(1).after(0)).offer(12).go();
    for (long place = 1; place <= 12; place++) {
      rehearsal.finish(place, refused()).go();
    }

    assertThat(rehearsal.recorded.values())
        .extracting(Settlement::status)
        .hasSize(12)
        .containsOnly(Status.PARKED);
  }

  @Test
  void aCallWithWhichTheDestinationDidNothingGoesOutAgainAtOnce() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(3)).offer(3).go();

    rehearsal.finish(3, untaken()).finish(2, untaken()).go();
    assertThat(rehearsal.starts).containsExactly(1L, 2L, 3L, 2L, 3L);

    rehearsal.finish(2, delivered()).go();
    assertThat(rehearsal.recorded.get(2L)).extracting(Settlement::attempts).isEqualTo(1);
  }

  @Test
  void aDestinationThatDoesNothingWithAnyCallIsUnavailable() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(1)).offer(1).go();

    for (int i = 0; i < 100 && !rehearsal.underWay.isEmpty(); i++) {
      rehearsal.finish(1, untaken()).go();
    }

    assertThat(rehearsal.starts).hasSizeLessThan(20);
    assertThat(rehearsal.state.counts().closed()).isTrue();
  }

  @Test
  void aTimeThatIsUpWhileTheGateIsClosedHasToBeTriedAgainLater() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(1)).offer(1).go();
    rehearsal.finish(1, unavailable(null)).go();

    rehearsal.stop(Stop.Reason.TIME_UP);

    assertThat(rehearsal.state.stopped())
        .extracting(Stop::reason)
        .isEqualTo(Stop.Reason.UNAVAILABLE);
  }

  @Test
  void aMessageThatIsAskedToWaitWaitsAlone() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(1)).offer(2).go();

    rehearsal.finish(1, busy(Duration.ofSeconds(9))).pass(Duration.ofMillis(8999)).go();
    assertThat(rehearsal.starts).containsExactly(1L);
    assertThat(rehearsal.state.counts().closed()).isFalse();

    rehearsal.pass(Duration.ofMillis(1)).go();
    assertThat(rehearsal.starts).containsExactly(1L, 1L);
  }

  @Test
  void whatCanNotBeSentIsParkedAtOnceWhoeverFindsIt() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(1)).offer(3).go();

    rehearsal
        .finish(1, new Outcome.Rejected(Outcome.Refused.UNSENDABLE, "header 'a b'"))
        .go()
        .finish(2, new Outcome.Delivered())
        .go();

    assertThat(rehearsal.statusOf(1)).isEqualTo(Status.PARKED);
    assertThat(rehearsal.recorded.get(1L))
        .as("no call was made")
        .extracting(Settlement::attempts)
        .isEqualTo(0);
    assertThat(rehearsal.starts).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whatCanNotBeSentOpensNoGate() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(4)).offer(4).go();
    rehearsal.finish(1, Rehearsal.unavailable(null)).go();
    rehearsal.finish(2, Rehearsal.unavailable(null)).finish(3, Rehearsal.unavailable(null));
    rehearsal.finish(4, Rehearsal.unavailable(null));
    rehearsal.pass(Duration.ofMinutes(1)).go();
    assertThat(rehearsal.starts).as("one probe").containsExactly(1L, 2L, 3L, 4L, 1L);

    rehearsal.finish(1, new Outcome.Rejected(Outcome.Refused.UNSENDABLE, "header")).go();

    assertThat(rehearsal.starts).as("the next is the probe").endsWith(1L, 2L).hasSize(6);
  }

  @Test
  void aCallThatWasNotReadyGoesOutAgainAtOnceAndAsTheProbeWhereItWasOne() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2)).offer(3).go();
    rehearsal.finish(2, unready()).finish(1, unready()).go();
    assertThat(rehearsal.starts).as("in order, at once").containsExactly(1L, 2L, 1L, 2L);
    rehearsal.finish(1, unavailable(null)).finish(2, unavailable(null));
    rehearsal.pass(Duration.ofMinutes(1)).go();
    assertThat(rehearsal.starts).as("one probe").endsWith(2L, 1L).hasSize(5);

    rehearsal.finish(1, unready()).go();
    assertThat(rehearsal.starts).as("the probe again").endsWith(1L, 1L).hasSize(6);

    rehearsal.finish(1, delivered()).go();
    assertThat(rehearsal.recorded.get(1L))
        .as("none of these counts")
        .extracting(Settlement::attempts)
        .isEqualTo(1);
  }

  @Test
  void refusedCredentialsEndTheRunAndAreChargedToNoMessage() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(3).after(0)).offer(4).go();
    rehearsal.finish(1, delivered()).go();

    rehearsal
        .finish(2, new Outcome.Rejected(Outcome.Refused.CREDENTIALS, "no token: HTTP 401"))
        .finish(3, delivered())
        .go();

    assertThat(rehearsal.state.stopped())
        .isEqualTo(new Stop(Stop.Reason.REFUSED, "no token: HTTP 401; mend the credentials", null));
    assertThat(rehearsal.statusOf(2)).isEqualTo(Status.PENDING);
    assertThat(rehearsal.recorded.get(2L)).extracting(Settlement::attempts).isEqualTo(0);
    assertThat(rehearsal.statusOf(3)).isEqualTo(Status.DELIVERED);
  }

  @Test
  void aChannelThatIsGoneStartsNothingMore() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(1)).offer(2).go();

    rehearsal.finish(1, new Outcome.Rejected(Outcome.Refused.CHANNEL, "HTTP 410")).go();

    assertThat(rehearsal.starts).containsExactly(1L);
    assertThat(rehearsal.state.stopped())
        .isEqualTo(new Stop(Stop.Reason.SWITCHED_OFF, "HTTP 410", null));
  }

  @Test
  void holdingWhileRetryingStartsNothingNewUntilTheFailedMessageIsSettled() {
    Rehearsal rehearsal =
        new Rehearsal(Settings.start(2).whileRetrying(WhileRetrying.HOLD)).offer(3).go();

    rehearsal.finish(1, failed()).finish(2, delivered()).go();
    assertThat(rehearsal.starts).containsExactly(1L, 2L);

    rehearsal.pass(Duration.ofSeconds(1)).go();
    assertThat(rehearsal.starts).containsExactly(1L, 2L, 1L);

    rehearsal.finish(1, delivered()).go();
    assertThat(rehearsal.starts).containsExactly(1L, 2L, 1L, 3L);
  }

  @Test
  void holdingAnExhaustedMessageLeavesItFirstInLineAndEndsTheRun() {
    Rehearsal rehearsal =
        new Rehearsal(Settings.start(2).onExhausted(OnExhausted.HOLD)).offer(3).go();

    rehearsal.finish(1, rejected()).finish(2, delivered()).go();

    assertThat(rehearsal.statusOf(1)).isEqualTo(Status.PENDING);
    assertThat(rehearsal.statusOf(2)).isEqualTo(Status.DELIVERED);
    assertThat(rehearsal.starts).containsExactly(1L, 2L);
    assertThat(rehearsal.state.stopped()).extracting(Stop::reason).isEqualTo(Stop.Reason.HELD);
  }

  @Test
  void anUnknownOutcomeIsSentAgainByDefaultAndParkedInQuarantine() {
    Rehearsal resend = new Rehearsal(Settings.start(1)).offer(1).go().finish(1, unknown());
    resend.pass(Duration.ofSeconds(1)).go();
    assertThat(resend.starts).containsExactly(1L, 1L);

    Rehearsal quarantine =
        new Rehearsal(Settings.start(1).onUnknown(OnUnknown.QUARANTINE)).offer(1).go();
    quarantine.finish(1, unknown()).go();
    assertThat(quarantine.starts).containsExactly(1L);
    assertThat(quarantine.statusOf(1)).isEqualTo(Status.PARKED);
  }

  @Test
  void anUnavailableDestinationClosesTheGateAndCostsNoAttempt() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2)).offer(3).go();

    rehearsal.finish(2, unavailable(null)).finish(1, unavailable(null)).go();
    assertThat(rehearsal.starts).containsExactly(1L, 2L);

    rehearsal.pass(Duration.ofMillis(500)).go();
    assertThat(rehearsal.starts).as("one probe").containsExactly(1L, 2L, 1L);

    rehearsal.finish(1, delivered()).go();
    assertThat(rehearsal.starts).containsExactly(1L, 2L, 1L, 2L, 3L);
    assertThat(rehearsal.recorded.get(1L)).extracting(Settlement::attempts).isEqualTo(1);
  }

  @Test
  void theGateWaitsAsLongAsTheDestinationAsks() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(1)).offer(1).go();

    rehearsal.finish(1, unavailable(Duration.ofSeconds(20))).pass(Duration.ofSeconds(19)).go();
    assertThat(rehearsal.starts).containsExactly(1L);

    rehearsal.pass(Duration.ofSeconds(1)).go();
    assertThat(rehearsal.starts).containsExactly(1L, 1L);
  }

  @Test
  void aProbeThatFailsClosesTheGateForTwiceAsLong() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(1)).offer(1).go();

    rehearsal.finish(1, unavailable(null)).pass(Duration.ofMillis(500)).go();
    rehearsal.finish(1, unavailable(null)).pass(Duration.ofMillis(999)).go();
    assertThat(rehearsal.starts).hasSize(2);

    rehearsal.pass(Duration.ofMillis(1)).go();
    assertThat(rehearsal.starts).hasSize(3);
  }

  @Test
  void aDestinationThatStaysAwayEndsTheRunAndParksNothing() {
    Rehearsal rehearsal =
        new Rehearsal(Settings.start(2).patience(Duration.ofSeconds(10))).offer(5).go();

    rehearsal.finish(1, unavailable(Duration.ofHours(24))).finish(2, unavailable(null)).go();
    rehearsal.record();

    assertThat(rehearsal.state.stopped())
        .isEqualTo(
            new Stop(
                Stop.Reason.UNAVAILABLE,
                "the destination is unavailable: HTTP 503, 2 calls in a row since"
                    + " 1970-01-01T00:00:00Z",
                Duration.ofHours(24)));
    assertThat(rehearsal.statusOf(1)).isEqualTo(Status.PENDING);
    assertThat(rehearsal.statusOf(2)).isEqualTo(Status.PENDING);
    assertThat(rehearsal.recorded.get(1L)).extracting(Settlement::attempts).isEqualTo(0);
  }

  @Test
  void aRunThatEndsBecauseNothingAnswersWasAskedForNoPause() {
    Rehearsal rehearsal =
        new Rehearsal(Settings.start(1).patience(Duration.ofMillis(100))).offer(1).go();

    rehearsal.finish(1, unavailable(null)).go();

    assertThat(rehearsal.state.stopped()).extracting(Stop::retryAfter).isNull();
  }

  @Test
  void aPauseThatAnEarlierRunWasAskedForIsKept() {
    Rehearsal waiting = new Rehearsal(Settings.start(2));
    waiting.state.closeGate(0, Duration.ofMinutes(5), "HTTP 429");
    waiting.offer(3).go();
    assertThat(waiting.starts).isEmpty();

    waiting.pass(Duration.ofMinutes(5)).go();
    assertThat(waiting.starts).as("one probe").containsExactly(1L);

    waiting.finish(1, delivered()).go();
    assertThat(waiting.starts).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aPauseLongerThanTheRunMayWaitEndsItWithoutACall() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2).patience(Duration.ofSeconds(30)));
    rehearsal.state.closeGate(0, Duration.ofMinutes(5), "HTTP 429");

    rehearsal.offer(3).go();

    assertThat(rehearsal.starts).isEmpty();
    assertThat(rehearsal.state.stopped())
        .isEqualTo(new Stop(Stop.Reason.UNAVAILABLE, "HTTP 429", Duration.ofMinutes(5)));
  }

  @Test
  void staggeredStartsAreApartThoughTheBurstAllowsMore() {
    Rehearsal rehearsal =
        new Rehearsal(
                Settings.start(9)
                    .rate(new Rate(100, Duration.ofSeconds(1), 9))
                    .stagger(Duration.ofMillis(50)))
            .offer(3)
            .go();
    assertThat(rehearsal.starts).containsExactly(1L);

    rehearsal.pass(Duration.ofMillis(49)).go();
    assertThat(rehearsal.starts).hasSize(1);

    rehearsal.pass(Duration.ofMillis(1)).go();
    assertThat(rehearsal.starts).containsExactly(1L, 2L);
  }

  @Test
  void keepsItsRateInOrder() {
    Rehearsal rehearsal =
        new Rehearsal(Settings.start(9).rate(new Rate(10, Duration.ofSeconds(1), 2))).offer(5).go();
    assertThat(rehearsal.starts).as("the burst").containsExactly(1L, 2L);

    rehearsal.pass(Duration.ofMillis(99)).go();
    assertThat(rehearsal.starts).hasSize(2);

    rehearsal.pass(Duration.ofMillis(1)).go();
    assertThat(rehearsal.starts).containsExactly(1L, 2L, 3L);
  }

  @Test
  void messagesOfAKeyFollowEachOtherWhileKeysOverlap() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(4).ordering(Ordering.KEY));
    rehearsal.offer("a");
    rehearsal.offer("a");
    rehearsal.offer("b");
    rehearsal.go();
    assertThat(rehearsal.underWay).extracting(f -> f.message().id()).containsExactly(1L, 3L);

    rehearsal.finish(rehearsal.underWay.getFirst().message().position(), delivered()).go();
    assertThat(rehearsal.underWay).extracting(f -> f.message().id()).containsExactly(3L, 2L);
  }

  @Test
  void aLongLaneWaitsItsTurnBehindEveryOtherKey() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(1).ordering(Ordering.KEY));
    rehearsal.offer("hot");
    rehearsal.offer("hot");
    rehearsal.offer("b");
    rehearsal.go().finish(1, delivered()).go().finish(2, delivered()).go();

    assertThat(rehearsal.offered.stream().filter(Task::over).map(f -> f.message().id()))
        .containsExactlyInAnyOrder(1L, 3L);
    assertThat(rehearsal.underWay).extracting(f -> f.message().id()).containsExactly(2L);
  }

  @Test
  void aMessageThatIsSetAsideBlocksItsKeyAlone() {
    Rehearsal rehearsal =
        new Rehearsal(Settings.start(4).ordering(Ordering.KEY).onExhausted(OnExhausted.BLOCK_KEY));
    rehearsal.offer("bad");
    rehearsal.offer("bad");
    rehearsal.offer("good");
    rehearsal.offer("good");
    rehearsal.go().finish(1, rejected()).finish(2, delivered()).go();
    rehearsal.offer("bad");
    rehearsal.go();

    assertThat(rehearsal.recorded.get(1L)).extracting(Settlement::blocksKey).isEqualTo(true);
    assertThat(rehearsal.underWay).extracting(f -> f.message().id()).containsExactly(4L);
    assertThat(rehearsal.state.takeHeldBack())
        .extracting(f -> f.message().id())
        .containsExactly(2L, 5L);

    rehearsal.state.unblock("bad");
    rehearsal.offer("bad");
    rehearsal.go();
    assertThat(rehearsal.underWay).extracting(f -> f.message().id()).containsExactly(4L, 6L);
  }

  @Test
  void aQuarantinedMessageBlocksItsKeyToo() {
    Rehearsal rehearsal =
        new Rehearsal(
            Settings.start(4)
                .ordering(Ordering.KEY)
                .onExhausted(OnExhausted.BLOCK_KEY)
                .onUnknown(OnUnknown.QUARANTINE));
    rehearsal.offer("bad");
    rehearsal.offer("bad");
    rehearsal.go().finish(1, unknown()).go();

    assertThat(rehearsal.statusOf(1)).isEqualTo(Status.PARKED);
    assertThat(rehearsal.underWay).isEmpty();
    assertThat(rehearsal.state.takeHeldBack()).hasSize(1);
  }

  @Test
  void parkingInKeyOrderLetsTheKeyGoOn() {
    Rehearsal rehearsal =
        new Rehearsal(Settings.start(4).ordering(Ordering.KEY).onExhausted(OnExhausted.PARK));
    rehearsal.offer("bad");
    rehearsal.offer("bad");
    rehearsal.go().finish(1, rejected()).go();
    assertThat(rehearsal.underWay).as("its key waits for the decision").isEmpty();
    assertThat(rehearsal.conclude()).isTrue();
    rehearsal.go();

    assertThat(rehearsal.statusOf(1)).isEqualTo(Status.PARKED);
    assertThat(rehearsal.underWay).extracting(f -> f.message().id()).containsExactly(2L);
  }

  @Test
  void holdingInKeyOrderEndsTheRunWithTheMessageFirstInItsLane() {
    Rehearsal rehearsal =
        new Rehearsal(Settings.start(4).ordering(Ordering.KEY).onExhausted(OnExhausted.HOLD));
    rehearsal.offer("bad");
    rehearsal.offer("bad");
    rehearsal.go().finish(1, rejected()).go();

    assertThat(rehearsal.statusOf(1)).isEqualTo(Status.PENDING);
    assertThat(rehearsal.starts).hasSize(1);
    assertThat(rehearsal.state.stopped()).extracting(Stop::reason).isEqualTo(Stop.Reason.HELD);
  }

  @Test
  void holdingWhileRetryingInKeyOrderHoldsTheOtherKeysToo() {
    Rehearsal rehearsal =
        new Rehearsal(Settings.start(2).ordering(Ordering.KEY).whileRetrying(WhileRetrying.HOLD));
    rehearsal.offer("a");
    rehearsal.offer("b");
    rehearsal.offer("c");
    rehearsal.go().finish(1, failed()).finish(2, delivered()).go();
    assertThat(rehearsal.starts).containsExactly(1L, 2L);

    rehearsal.pass(Duration.ofSeconds(1)).go().finish(1, delivered()).go();
    assertThat(rehearsal.starts).containsExactly(1L, 2L, 1L, 3L);
  }

  @Test
  void holdingAnExhaustedMessageInStrictOrderLetsNoneOvertakeIt() {
    Rehearsal rehearsal =
        new Rehearsal(Settings.start(4).ordering(Ordering.STRICT).onExhausted(OnExhausted.HOLD))
            .offer(2)
            .go()
            .finish(1, rejected())
            .go();

    assertThat(rehearsal.starts).containsExactly(1L);
    assertThat(rehearsal.statusOf(1)).isEqualTo(Status.PENDING);
  }

  @Test
  void parkingInStrictOrderGoesOnWithTheNext() {
    Rehearsal rehearsal =
        new Rehearsal(Settings.start(4).ordering(Ordering.STRICT).onExhausted(OnExhausted.PARK))
            .offer(2)
            .go()
            .finish(1, rejected())
            .go();

    assertThat(rehearsal.statusOf(1)).isEqualTo(Status.PARKED);
    assertThat(rehearsal.starts).containsExactly(1L, 2L);
  }

  @Test
  void aWindowFullOfRetriesSleepsUntilTheFirstIsDue() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2)).offer(5).go();
    rehearsal.finish(1, failed()).pass(Duration.ofMillis(7)).finish(2, failed()).go();
    assertThat(rehearsal.starts).containsExactly(1L, 2L);

    long wakeAt = rehearsal.state.wakeAt();
    assertThat(Duration.ofNanos(wakeAt)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
    rehearsal.passUntilNext();
    assertThat(rehearsal.go().starts).as("one of them again").hasSize(3);
  }

  @Test
  void aWindowFullOfRetriesWhenTheTimeIsUpHasToBeTriedAgainLater() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2)).offer(5).go();
    rehearsal.finish(1, failed()).finish(2, failed()).go();

    rehearsal.stop(Stop.Reason.TIME_UP);
    rehearsal.record();

    assertThat(rehearsal.state.stopped())
        .extracting(Stop::reason)
        .isEqualTo(Stop.Reason.UNAVAILABLE);
    assertThat(rehearsal.statusOf(1)).isEqualTo(Status.PENDING);
    assertThat(rehearsal.statusOf(2)).isEqualTo(Status.PENDING);
  }

  @Test
  void aRunWhoseTimeIsUpWhileItSendsHasDoneItsPart() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2)).offer(5).go();
    rehearsal.finish(1, failed()).go();

    rehearsal.stop(Stop.Reason.TIME_UP);

    assertThat(rehearsal.state.stopped()).extracting(Stop::reason).isEqualTo(Stop.Reason.TIME_UP);
  }

  @Test
  void aStrictChannelHasOneMessageUnderWay() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(4).ordering(Ordering.STRICT)).offer(3).go();
    assertThat(rehearsal.starts).containsExactly(1L);

    rehearsal.finish(1, failed()).go();
    assertThat(rehearsal.starts).containsExactly(1L);

    rehearsal.pass(Duration.ofSeconds(1)).go().finish(1, delivered()).go();
    assertThat(rehearsal.starts).containsExactly(1L, 1L, 2L);
  }

  @Test
  void aStopGivesBackWhatIsNotUnderWayAndRecordsWhatIs() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(3)).offer(5).go();
    rehearsal.finish(1, failed());

    rehearsal.stop(Stop.Reason.ASKED);
    rehearsal.finish(2, delivered()).finish(3, failed()).go();
    rehearsal.record();

    assertThat(rehearsal.starts).containsExactly(1L, 2L, 3L);
    assertThat(rehearsal.statusOf(1)).isEqualTo(Status.PENDING);
    assertThat(rehearsal.statusOf(2)).isEqualTo(Status.DELIVERED);
    assertThat(rehearsal.statusOf(3)).isEqualTo(Status.PENDING);
    assertThat(rehearsal.recorded).hasSize(3);
    assertThat(rehearsal.offered).allMatch(Task::over);
  }

  @Test
  void aLostLeaseRecordsNothing() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(3)).offer(5).go();

    rehearsal.stop(Stop.Reason.LEASE_LOST);
    rehearsal.finish(2, delivered()).go();

    assertThat(rehearsal.recorded).isEmpty();
    assertThat(rehearsal.offered).allMatch(Task::over);
  }

  @Test
  void moreIsAskedForOnceHalfOfWhatWaitsIsClaimed() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(4)).offer(4).record();
    rehearsal.offer(4);
    assertThat(rehearsal.mayOffer()).as("full").isFalse();

    rehearsal.go().finish(1, delivered()).record();
    assertThat(rehearsal.mayOffer()).as("three wait").isFalse();

    rehearsal.go().finish(2, delivered()).record();
    assertThat(rehearsal.mayOffer()).as("two wait").isTrue();
  }

  @Test
  void whatWaitsBehindOthersOfItsKeyKeepsNoOtherKeyOut() {
    Rehearsal rehearsal = new Rehearsal(Settings.start(2).ordering(Ordering.KEY));
    for (int i = 0; i < 3; i++) {
      rehearsal.offer("a");
      rehearsal.offer("b");
    }
    assertThat(rehearsal.mayOffer()).as("full").isFalse();

    rehearsal.go();

    assertThat(rehearsal.mayOffer()).as("of six, four wait behind two").isTrue();
  }

  @Test
  void aRunThatHasNothingLeftToStartIsDoneHoweverLongTheGateStaysClosed() {
    Rehearsal rehearsal =
        new Rehearsal(
            Settings.start(1).onUnknown(OnUnknown.QUARANTINE).patience(Duration.ofSeconds(1)));
    rehearsal.offer(1).go().finish(1, unavailable(null)).pass(Duration.ofMillis(500)).go();

    rehearsal.finish(1, unknown()).go();

    assertThat(rehearsal.statusOf(1)).isEqualTo(Status.PARKED);
    assertThat(rehearsal.state.stopped()).isNull();
    rehearsal.offer(1).go();
    assertThat(rehearsal.state.stopped())
        .extracting(Stop::reason)
        .isEqualTo(Stop.Reason.UNAVAILABLE);
  }
}
