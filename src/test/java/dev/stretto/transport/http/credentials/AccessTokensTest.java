package dev.stretto.transport.http.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AccessTokensTest {

  private static final Outcome DOWN = new Outcome.RetryLater(Fault.UNAVAILABLE, "down", null);

  private final List<Consumer<TokenReply>> asked = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();

  /** Far from 0, and so that it overflows soon. */
  private long now = Long.MAX_VALUE - Duration.ofMinutes(50).toNanos();

  private final AccessTokens tokens = new AccessTokens(() -> now);

  @Test
  void oneRequestServesAllThatWait() {
    tokens.await(asked::add, outcomes::add);
    tokens.await(asked::add, outcomes::add);
    assertThat(asked).hasSize(1);
    assertThat(outcomes).isEmpty();

    grant("t1", 3600);

    assertThat(outcomes)
        .extracting(outcome -> ((Outcome.RetryLater) outcome).fault())
        .containsExactly(Fault.UNREADY, Fault.UNREADY);
    assertThat(value(1)).isEqualTo("t1");
    assertThat(asked).hasSize(1);
  }

  @Test
  void aTokenIsRenewedOnceBeforeItsEndWhileItIsInUse() {
    got("t1", 3600);
    pass(3539);
    assertThat(value(1)).isEqualTo("t1");
    assertThat(asked).hasSize(1);

    pass(2);
    assertThat(value(2)).isEqualTo("t1");
    assertThat(value(3)).isEqualTo("t1");
    assertThat(asked).hasSize(2);

    grant("t2", 3600);
    assertThat(value(4)).isEqualTo("t2");
    assertThat(tokens.values()).containsExactly("t2", "t1");
  }

  /** An endpoint may end a token as it gives the next. */
  @Test
  void aRenewedTokenIsCarriedOnceNoneIsUnderWayWithTheOneBefore() {
    got("t1", 3600);
    pass(3541);
    TokenUse before = use(1);
    grant("t2", 3600);

    assertThat(value(2)).isNull();
    tokens.await(asked::add, outcomes::add);
    assertThat(outcomes).isEmpty();
    assertThat(asked).as("there is one").hasSize(2);

    assertThat(refused(before)).as("goes out again, before the others").isTrue();

    assertThat(outcomes).hasSize(1);
    assertThat(value(1)).isEqualTo("t2");
  }

  @Test
  void aRenewalThatFailsIsTriedAgainLaterAndTheTokenUsedUntilShortlyBeforeItsEnd() {
    got("t1", 3600);
    pass(3541);
    assertThat(value(1)).isEqualTo("t1");
    asked.getLast().accept(new TokenReply.NotGranted(DOWN));

    assertThat(value(2)).isEqualTo("t1");
    assertThat(asked).as("not at once").hasSize(2);
    pass(11);
    assertThat(value(3)).isEqualTo("t1");
    assertThat(asked).hasSize(3);

    pass(44);
    assertThat(value(4)).isNull();
    assertThat(outcomes).isEmpty();
  }

  @Test
  void aTokenThatSoonEndsIsUsedForMostOfItsTime() {
    got("t1", 10);
    pass(7);
    assertThat(value(1)).isEqualTo("t1");
    assertThat(asked).hasSize(1);
    pass(1);
    assertThat(value(1)).isEqualTo("t1");
    assertThat(asked).hasSize(2);
    pass(1);
    assertThat(value(1)).isNull();
  }

  @Test
  void aTokenWithoutAnEndIsUsedUntilItIsRefused() {
    tokens.await(asked::add, outcomes::add);
    asked.getLast().accept(new TokenReply.Granted("t1", null));
    pass(Duration.ofDays(400).toSeconds());

    assertThat(value(1)).isEqualTo("t1");
    assertThat(asked).hasSize(1);
  }

  @Test
  void whoeverAsksForOneIsToldWhyThereIsNone() {
    tokens.await(asked::add, outcomes::add);
    asked.getLast().accept(new TokenReply.NotGranted(DOWN));

    assertThat(outcomes).containsExactly(DOWN);
    tokens.await(asked::add, outcomes::add);
    assertThat(asked).as("by the next probe").hasSize(2);
  }

  @Test
  void allCallsThatWereRefusedWithOneTokenShareTheNextAndAreSentAgainOnce() {
    got("t1", 3600);
    TokenUse first = use(1);
    TokenUse second = use(2);
    assertThat(refused(first)).isTrue();
    assertThat(value(3)).isNull();
    assertThat(refused(second)).as("with the token of before").isTrue();
    got("t2", 3600);

    assertThat(value(1)).isEqualTo("t2");
    assertThat(refused(use(1))).as("with the new one").isFalse();
    assertThat(refused(use(2))).isFalse();
    assertThat(refused(use(3))).as("no other is got for it").isFalse();
    assertThat(value(4)).isEqualTo("t2");
  }

  /** Its messages would go out again behind those that carried the new token meanwhile. */
  @Test
  void theNewTokenIsCarriedOnceNoneIsUnderWayWithTheRefusedOne() {
    got("t1", 3600);
    TokenUse first = use(1);
    TokenUse second = use(2);
    TokenUse third = use(3);
    assertThat(refused(first)).isTrue();
    tokens.await(asked::add, outcomes::add);
    grant("t2", 3600);

    assertThat(outcomes).isEmpty();
    assertThat(value(1)).isNull();
    second.taken();
    second.over();
    assertThat(value(1)).isNull();
    tokens.await(asked::add, outcomes::add);
    assertThat(asked).as("there is one").hasSize(2);

    // Without an answer.
    third.over();

    assertThat(outcomes)
        .extracting(outcome -> ((Outcome.RetryLater) outcome).fault())
        .containsExactly(Fault.UNREADY, Fault.UNREADY);
    assertThat(value(1)).isEqualTo("t2");
  }

  @Test
  void theLastAnswerToARefusedTokenEndsNoWaitForTheNextOne() {
    TokenUse second = secondOfTwoWhoseFirstWaitsForTheNextToken();

    assertThat(refused(second)).isTrue();

    assertThat(outcomes).isEmpty();
    grant("t2", 3600);
    assertThat(outcomes).hasSize(1);
    assertThat(value(1)).isEqualTo("t2");
  }

  @Test
  void whereThereIsNoNewTokenWhoWaitsIsToldAtOnce() {
    TokenUse second = secondOfTwoWhoseFirstWaitsForTheNextToken();

    asked.getLast().accept(new TokenReply.NotGranted(DOWN));

    assertThat(outcomes).containsExactly(DOWN);
    assertThat(refused(second)).isTrue();
    assertThat(outcomes).hasSize(1);
  }

  @Test
  void aMessageThatIsAlwaysRefusedWhileOthersAreTakenIsSentAgainOnceOnly() {
    got("t1", 3600);
    TokenUse good = use(1);
    assertThat(refused(use(2))).isTrue();
    taken(good);
    got("t2", 3600);
    TokenUse again = use(2);
    taken(use(1));

    assertThat(refused(again)).isFalse();
    assertThat(value(2)).isEqualTo("t2");
  }

  @Test
  void aTokenThatWasTakenAfterARefusalCanBeRefusedAgain() {
    got("t1", 3600);
    assertThat(refused(use(1))).isTrue();
    got("t2", 3600);
    taken(use(1));

    assertThat(refused(use(1))).isTrue();
  }

  /** The call is answered 401. */
  private static boolean refused(TokenUse use) {
    boolean again = use.refused();
    use.over();
    return again;
  }

  /** The call is answered otherwise. */
  private static void taken(TokenUse use) {
    use.taken();
    use.over();
  }

  private TokenUse secondOfTwoWhoseFirstWaitsForTheNextToken() {
    got("t1", 3600);
    TokenUse first = use(1);
    TokenUse second = use(2);
    assertThat(refused(first)).isTrue();
    tokens.await(asked::add, outcomes::add);
    return second;
  }

  private void got(String token, long seconds) {
    tokens.await(asked::add, outcomes::add);
    grant(token, seconds);
    outcomes.clear();
  }

  private void grant(String token, long seconds) {
    asked.getLast().accept(new TokenReply.Granted(token, Duration.ofSeconds(seconds)));
  }

  private TokenUse use(long position) {
    return Objects.requireNonNull(tokens.use(position, asked::add));
  }

  private @Nullable String value(long position) {
    TokenUse use = tokens.use(position, asked::add);
    if (use == null) {
      return null;
    }
    use.over();
    return use.value();
  }

  private void pass(long seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }
}
