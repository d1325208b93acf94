package dev.stretto.transport.http.answer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A rule of {@code http.answer} as it is written: what an answer must be like, and what it means
 * then. All of the conditions that are given must hold.
 *
 * @param status such as {@code 200}, {@code 4xx} or {@code 500-504}; one must fit, where any is
 *     given
 * @param refused with {@link Meaning#REJECTED}, what the destination refuses
 * @param retryAfter with {@link Meaning#RETRY} and {@link Meaning#UNAVAILABLE}, where the answer
 *     says how long to wait
 */
public record AnswerRule(
    @DefaultValue List<String> status,
    @Nullable Header header,
    @Nullable Body body,
    @Nullable Meaning outcome,
    @Nullable Refusal refused,
    @Nullable Wait retryAfter) {

  /** What becomes of the message. */
  public enum Meaning {
    /** The destination took it. */
    DELIVERED,
    /** It is sent again; counts as an attempt. */
    RETRY,
    /** It may have arrived; {@code on-unknown} decides. */
    UNKNOWN,
    /** The destination takes nothing now: the channel's gate closes. */
    UNAVAILABLE,
    /** It is not sent again. */
    REJECTED
  }

  /** What a destination refuses; see {@link dev.stretto.transport.Outcome.Refused}. */
  public enum Refusal {
    MESSAGE,
    SENDER,
    CHANNEL
  }

  /**
   * A header of the answer.
   *
   * @param name in any case
   * @param is values of which it has one
   * @param contains texts of which one is in it
   * @param present whether the answer has it at all; null where only the value matters
   */
  public record Header(
      @Nullable String name,
      @Nullable List<String> is,
      @Nullable List<String> contains,
      @Nullable Boolean present) {}

  /**
   * The answer's body.
   *
   * @param at a JSON pointer to a value in it; null for all of its text
   * @param is values of which it has one
   * @param contains texts of which one is in it
   * @param present whether there is a value at the place; null where only the value matters
   */
  public record Body(
      @Nullable String at,
      @Nullable List<String> is,
      @Nullable List<String> contains,
      @Nullable Boolean present) {}

  /**
   * Where the wait stands.
   *
   * @param header the name of a header, or null
   * @param body a JSON pointer into the body, or null
   * @param unit what a number there means
   */
  public record Wait(
      @Nullable String header, @Nullable String body, @DefaultValue("seconds") Unit unit) {}

  /** What the number of a wait means; a date in words is one with any of them. */
  public enum Unit {
    SECONDS,
    MILLISECONDS,
    /** Seconds or milliseconds since 1970. */
    DATE
  }
}
