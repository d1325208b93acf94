package dev.stretto.transport.http.answer;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** What an answer leads to: what the first rule says that fits, else what HTTP's statuses mean. */
public final class HttpAnswers {

  /** How much of a body, in bytes, rules can look at; as it came and once more as decoded. */
  public static final int LONGEST_BODY = 64 * 1024;

  /** What web servers write where plain HTTP comes to a port that expects TLS. */
  private static final Pattern TLS_EXPECTED =
      Pattern.compile("(?i)http request (was sent )?to (an )?https (port|server)");

  private final List<CheckedRule> rules;
  private final AnswerText text;
  private final RetryAfter retryAfter;
  private final boolean plain;

  /**
   * @param rules in the order in which they are asked
   * @param sent words that were sent beside the message, some of which may be secret; may change
   * @param plain whether the destination is asked without TLS
   * @param clock what a time to wait for is compared with
   * @throws InvalidSettingException naming what can't be meant in a rule
   */
  public HttpAnswers(
      List<AnswerRule> rules, List<Collection<String>> sent, boolean plain, Clock clock) {
    this.rules =
        IntStream.range(0, rules.size())
            .mapToObj(i -> CheckedRule.of("http.answer[" + i + "]", rules.get(i)))
            .toList();
    this.text = new AnswerText(sent);
    this.retryAfter = new RetryAfter(clock);
    this.plain = plain;
  }

  /** Takes the body of an answer that begins so; as much of it as will be asked for. */
  public KeptBody body(int status, HttpFields headers) {
    for (CheckedRule rule : rules) {
      if (rule.mayFit(status, headers)) {
        // One that does not look into it decides: what comes behind it is not asked.
        return new KeptBody(rule.readsBody() ? LONGEST_BODY : AnswerText.EXCERPT);
      }
    }
    return new KeptBody(status < 300 ? 0 : AnswerText.EXCERPT);
  }

  /**
   * The outcome of an answer.
   *
   * @param status the final status
   * @param kept as much of the body as has come, from {@link #body}
   */
  public Outcome of(int status, HttpFields headers, KeptBody kept) {
    if (!isFinal(status)) {
      return new RetryLater(
          Fault.FAILED, "HTTP " + status + " is no answer that HTTP has for this request", null);
    }
    if (kept.limit() == 0) {
      return new Delivered();
    }
    HttpAnswer answer = new HttpAnswer(status, headers, AnswerBody.of(headers, kept));
    CheckedRule untold = null;
    for (CheckedRule rule : rules) {
      switch (rule.fits(answer)) {
        case YES -> {
          return certain(rule.outcome(answer, reason(answer), retryAfter), untold, answer);
        }
        case UNTOLD -> untold = untold == null ? rule : untold;
        case NO -> {}
      }
    }
    return certain(usual(answer), untold, answer);
  }

  /**
   * INVARIANT: an answer that a rule should have looked into, but could not, never counts as
   * delivered.
   */
  private Outcome certain(Outcome outcome, @Nullable CheckedRule untold, HttpAnswer answer) {
    if (untold == null || !(outcome instanceof Delivered)) {
      return outcome;
    }
    String lack =
        answer.body().whole()
            ? "which is no JSON"
            : "which did not come whole, can't be decoded, or is longer than 64 kB";
    return new RetryLater(
        Fault.UNKNOWN,
        "HTTP %d, but %s needs its body, %s%s"
            .formatted(answer.status(), untold.name(), lack, shown(answer)),
        null);
  }

  private String reason(HttpAnswer answer) {
    return "HTTP " + answer.status() + shown(answer);
  }

  private String shown(HttpAnswer answer) {
    String body = text.of(answer.body());
    return body.isEmpty() ? "" : ": " + body;
  }

  /** What the contract's table says. */
  private Outcome usual(HttpAnswer answer) {
    int status = answer.status();
    if (status < 300) {
      return new Delivered();
    }
    String reason = reason(answer);
    if (status == 400 && plain && TLS_EXPECTED.matcher(reason).find()) {
      return new RetryLater(
          Fault.UNAVAILABLE, reason + "; TLS is expected: write https: in http.url", null);
    }
    Duration wait = status < 400 ? null : retryAfter.of(status, answer.headers());
    return wait == null ? atOnce(status, reason) : later(status, reason, wait);
  }

  /** Whether HTTP knows the status as one that ends a call. */
  public static boolean isFinal(int status) {
    return status >= 200 && status <= 599;
  }

  private static Outcome later(int status, String reason, Duration wait) {
    return switch (status) {
      case 409, 423, 425 -> new RetryLater(Fault.FAILED, reason, wait);
      default -> new RetryLater(Fault.UNAVAILABLE, reason, wait);
    };
  }

  private static Outcome atOnce(int status, String reason) {
    return switch (status) {
      case 429, 503 -> new RetryLater(Fault.UNAVAILABLE, reason, null);
      case 408, 425 -> new RetryLater(Fault.FAILED, reason, null);
      case 400, 409, 413, 414, 415, 422, 423, 431 -> new Rejected(Refused.MESSAGE, reason);
      case 410 -> new Rejected(Refused.CHANNEL, reason);
      default ->
          status >= 500
              ? new RetryLater(Fault.FAILED, reason, null)
              : new Rejected(Refused.SENDER, reason);
    };
  }
}
