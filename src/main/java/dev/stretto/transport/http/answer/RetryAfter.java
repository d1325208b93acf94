package dev.stretto.transport.http.answer;

import dev.stretto.transport.http.answer.AnswerRule.Unit;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpDateTime;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * How long an answer asks to wait.
 *
 * <p>{@code Retry-After} is seconds or a date, and counts with any failure. Headers of rate limits
 * stand for it where it is missing and the limit was the cause; they give seconds from now, as the
 * IETF's draft and Discord's {@code -After} do, or a time in seconds or milliseconds since 1970, as
 * GitHub and GitLab do. A number tells which: nobody asks for 30 years.
 */
final class RetryAfter {

  /** Longer than anyone believes, and short enough to be counted with in nanoseconds. */
  static final Duration LONGEST = Duration.ofDays(36_500);

  private static final Pattern NUMBER = Pattern.compile("\\d{1,400}(\\.\\d{1,400})?");
  private static final Pattern JSON_NUMBER =
      Pattern.compile(NUMBER.pattern() + "([eE][+-]?\\d{1,3})?");
  private static final BigDecimal FIRST_TIME = BigDecimal.valueOf(1_000_000_000L);
  private static final BigDecimal FIRST_TIME_IN_MILLIS = BigDecimal.valueOf(100_000_000_000L);
  private static final String[] RESETS = {
    "RateLimit-Reset", "X-RateLimit-Reset-After", "X-RateLimit-Reset"
  };
  private static final String[] REMAINING = {"RateLimit-Remaining", "X-RateLimit-Remaining"};

  private final Clock clock;

  /**
   * @param clock what times are compared with
   */
  RetryAfter(Clock clock) {
    this.clock = clock;
  }

  /** From 0 to {@link #LONGEST}; null where the answer does not say. */
  @Nullable Duration of(int status, HttpFields headers) {
    Duration asked = ofHeader(headers);
    if (asked != null || !limited(status, headers)) {
      return asked;
    }
    for (String name : RESETS) {
      Duration reset = read(headers.get(name), true);
      if (reset != null) {
        return reset;
      }
    }
    return null;
  }

  /** As with an answer whose status says that a limit was the cause. */
  @Nullable Duration ofLimit(HttpFields headers) {
    return of(429, headers);
  }

  /** What {@code Retry-After} alone says; null where it does not. */
  @Nullable Duration ofHeader(HttpFields headers) {
    return read(headers.get("Retry-After"), false);
  }

  /** Whether a rate limit was the cause: its headers come with other answers too. */
  private static boolean limited(int status, HttpFields headers) {
    for (String name : REMAINING) {
      String remaining = headers.get(name);
      if (remaining != null && NUMBER.matcher(remaining.strip()).matches()) {
        boolean none = new BigDecimal(remaining.strip()).signum() == 0;
        return none && (status == 403 || status == 429 || status == 503);
      }
    }
    return status == 429 || status == 503;
  }

  /** What a place that is set says; null where that can't be read. */
  @Nullable Duration at(String value, Unit unit) {
    String text = value.strip();
    if (!JSON_NUMBER.matcher(text).matches()) {
      return until(date(text));
    }
    BigDecimal number = new BigDecimal(text);
    return switch (unit) {
      case SECONDS -> seconds(number);
      case MILLISECONDS -> seconds(number.movePointLeft(3));
      case DATE -> untilNumber(number);
    };
  }

  private @Nullable Duration read(@Nullable String value, boolean mayBeTime) {
    if (value == null) {
      return null;
    }
    String text = value.strip();
    if (!NUMBER.matcher(text).matches()) {
      return until(date(text));
    }
    BigDecimal number = new BigDecimal(text);
    return mayBeTime && number.compareTo(FIRST_TIME) >= 0 ? untilNumber(number) : seconds(number);
  }

  /** Seconds or milliseconds since 1970. */
  private Duration untilNumber(BigDecimal number) {
    boolean millis = number.compareTo(FIRST_TIME_IN_MILLIS) >= 0;
    BigDecimal now = BigDecimal.valueOf(clock.millis(), 3);
    return seconds((millis ? number.movePointLeft(3) : number).subtract(now));
  }

  private static @Nullable Instant date(String text) {
    try {
      return HttpDateTime.parse(text).toInstant();
    } catch (IllegalArgumentException notOfHttp) {
      try {
        return Instant.parse(text);
      } catch (DateTimeException unreadable) {
        return null;
      }
    }
  }

  private @Nullable Duration until(@Nullable Instant time) {
    return time == null ? null : within(Duration.between(clock.instant(), time));
  }

  private static Duration seconds(BigDecimal seconds) {
    BigInteger millis = seconds.movePointRight(3).toBigInteger();
    BigInteger longest = BigInteger.valueOf(LONGEST.toMillis());
    return within(Duration.ofMillis(millis.min(longest).max(BigInteger.ZERO).longValueExact()));
  }

  private static Duration within(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
  }
}
