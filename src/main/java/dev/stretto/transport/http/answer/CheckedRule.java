package dev.stretto.transport.http.answer;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.http.answer.AnswerRule.Meaning;
import dev.stretto.transport.http.answer.AnswerRule.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * A rule that can be meant.
 *
 * @param name as in {@code http.answer[0]}
 * @param statuses of which one has the answer's; none for any
 */
record CheckedRule(
    String name,
    List<StatusRange> statuses,
    @Nullable WantedHeader header,
    @Nullable WantedBody body,
    Meaning outcome,
    Refused refused,
    @Nullable WaitPlace retryAfter) {

  /**
   * Checks a rule.
   *
   * @throws InvalidSettingException naming what can't be meant
   */
  static CheckedRule of(String name, AnswerRule rule) {
    List<String> written = rule.status();
    List<StatusRange> statuses =
        IntStream.range(0, written.size())
            .mapToObj(i -> StatusRange.of(name + ".status", written.get(i)))
            .toList();
    if (statuses.isEmpty() && rule.header() == null && rule.body() == null) {
      throw new InvalidSettingException(
          name, "has no condition; give a status, a header or a body, such as status: 2xx");
    }
    Meaning outcome = rule.outcome();
    if (outcome == null) {
      throw new InvalidSettingException(
          name + ".outcome", "is required; use delivered, retry, unknown, unavailable or rejected");
    }
    if (rule.refused() != null && outcome != Meaning.REJECTED) {
      throw new InvalidSettingException(
          name + ".refused", "goes with outcome: rejected only; leave it out");
    }
    if (rule.retryAfter() != null && outcome != Meaning.RETRY && outcome != Meaning.UNAVAILABLE) {
      throw new InvalidSettingException(
          name + ".retry-after", "goes with outcome: retry or unavailable only; leave it out");
    }
    return new CheckedRule(
        name,
        statuses,
        WantedHeader.of(name + ".header", rule.header()),
        WantedBody.of(name + ".body", rule.body()),
        outcome,
        refused(Objects.requireNonNullElse(rule.refused(), Refusal.MESSAGE)),
        WaitPlace.of(name + ".retry-after", rule.retryAfter()));
  }

  private static Refused refused(Refusal refusal) {
    return switch (refusal) {
      case MESSAGE -> Refused.MESSAGE;
      case SENDER -> Refused.SENDER;
      case CHANNEL -> Refused.CHANNEL;
    };
  }

  /** Whether an answer that begins so may fit, whatever its body. */
  boolean mayFit(int status, HttpFields headers) {
    return (statuses.isEmpty() || statuses.stream().anyMatch(range -> range.has(status)))
        && (header == null || header.fits(headers));
  }

  /** Whether the answer's body is looked into. */
  boolean readsBody() {
    return body != null || (retryAfter != null && retryAfter.body() != null);
  }

  Fit fits(HttpAnswer answer) {
    if (!mayFit(answer.status(), answer.headers())) {
      return Fit.NO;
    }
    return body == null ? Fit.YES : body.fits(answer);
  }

  /**
   * What an answer that fits leads to.
   *
   * @param reason for people
   * @param times what reads the wait
   */
  Outcome outcome(HttpAnswer answer, String reason, RetryAfter times) {
    return switch (outcome) {
      case DELIVERED -> new Delivered();
      case RETRY -> {
        Duration asked = wait(answer, times);
        yield new RetryLater(
            Fault.FAILED, reason, asked == null ? times.ofHeader(answer.headers()) : asked);
      }
      case UNKNOWN -> new RetryLater(Fault.UNKNOWN, reason, null);
      case UNAVAILABLE -> {
        Duration asked = wait(answer, times);
        yield new RetryLater(
            Fault.UNAVAILABLE, reason, asked == null ? times.ofLimit(answer.headers()) : asked);
      }
      case REJECTED -> new Rejected(refused, reason);
    };
  }

  private @Nullable Duration wait(HttpAnswer answer, RetryAfter times) {
    return retryAfter == null ? null : retryAfter.in(answer, times);
  }
}
