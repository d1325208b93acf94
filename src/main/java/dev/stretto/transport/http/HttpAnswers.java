package dev.stretto.transport.http;

import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import java.time.Clock;
import java.time.Duration;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;

/** The rules that turn an answer into an outcome. */
final class HttpAnswers {

  /** What web servers write where plain HTTP comes to a port that expects TLS. */
  private static final Pattern TLS_EXPECTED =
      Pattern.compile("(?i)http request (was sent )?to (an )?https (port|server)");

  private final AnswerText text;
  private final RetryAfter retryAfter;
  private final boolean plain;

  /**
   * @param clock what a time to wait for is compared with
   */
  HttpAnswers(HttpSettings settings, Clock clock) {
    this.text = new AnswerText(settings);
    this.retryAfter = new RetryAfter(clock);
    this.plain = !settings.secure();
  }

  /**
   * The outcome of an answer.
   *
   * @param status the final status
   * @param excerpt the beginning of the body, {@link AnswerText#EXCERPT} bytes at most
   */
  Outcome of(int status, HttpFields headers, byte[] excerpt) {
    if (status >= 200 && status < 300) {
      return new Delivered();
    }
    if (!isFinal(status)) {
      return new RetryLater(
          Fault.FAILED, "HTTP " + status + " is no answer that HTTP has for this request", null);
    }
    String body = text.of(headers, excerpt);
    String reason = "HTTP " + status + (body.isEmpty() ? "" : ": " + body);
    if (status == 400 && plain && TLS_EXPECTED.matcher(body).find()) {
      return new RetryLater(
          Fault.UNAVAILABLE, reason + "; TLS is expected: write https: in http.url", null);
    }
    Duration wait = status < 400 ? null : retryAfter.of(status, headers);
    return wait == null ? atOnce(status, reason) : later(status, reason, wait);
  }

  /** Whether HTTP knows the status as one that ends a call. */
  static boolean isFinal(int status) {
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
