package dev.stretto.transport.exec;

import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import java.io.Serial;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A line of a program's, understood.
 *
 * @param id the message id, or null where the line only says that the program is ready
 * @param attempt which attempt it answers; 0 where it does not say
 * @param outcome what became of the message
 */
record Answer(@Nullable String id, int attempt, Outcome outcome) {

  private static final JsonFactory JSON = new JsonFactory();
  private static final BigDecimal SECOND = BigDecimal.valueOf(1000);
  private static final Duration LONGEST_WAIT = Duration.ofDays(36_500);

  private static final Pattern WAIT =
      Pattern.compile("(\\d{1,12}(?:\\.\\d{1,12})?)\\s*(ms|s|m|h|d)?");

  /** The line is no answer. */
  static final class UnknownLineException extends Exception {

    @Serial private static final long serialVersionUID = 1;

    UnknownLineException(String problem) {
      super(problem);
    }
  }

  /** The members of a line, as they come. */
  private static final class Members {
    private @Nullable String id;
    private @Nullable String outcome;
    private @Nullable String reason;
    private @Nullable Duration retryAfter;
    private int attempt;
    private boolean ready;

    void read(String name, JsonParser json) throws UnknownLineException {
      JsonToken value = json.nextToken();
      switch (name) {
        case "id" -> id = text(name, json);
        case "outcome" -> outcome = text(name, json);
        case "reason" -> reason = value == JsonToken.VALUE_NULL ? null : text(name, json);
        case "retryAfter" -> retryAfter = value == JsonToken.VALUE_NULL ? null : wait(json);
        case "attempt" -> attempt = attempt(json);
        case "ready" -> ready = value == JsonToken.VALUE_TRUE;
        default -> json.skipChildren();
      }
    }

    private static String text(String name, JsonParser json) throws UnknownLineException {
      if (json.currentToken() != JsonToken.VALUE_STRING) {
        throw new UnknownLineException(name + " must be a string");
      }
      return json.getString();
    }

    private static int attempt(JsonParser json) throws UnknownLineException {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw new UnknownLineException("attempt must be the number that came with the message");
      }
      return json.getIntValue();
    }

    /** Seconds, or a number with a unit. */
    private static Duration wait(JsonParser json) throws UnknownLineException {
      JsonToken token = json.currentToken();
      Matcher text = WAIT.matcher(token == JsonToken.VALUE_STRING ? json.getString() : "");
      boolean number = token != null && token.isNumeric();
      if (!number && !text.matches()) {
        throw badWait();
      }
      BigDecimal wait =
          number
              ? json.getDecimalValue().multiply(SECOND)
              : new BigDecimal(text.group(1)).multiply(unit(text.group(2)));
      if (wait.signum() < 0) {
        throw badWait();
      }
      return wait.compareTo(BigDecimal.valueOf(LONGEST_WAIT.toMillis())) >= 0
          ? LONGEST_WAIT
          : Duration.ofMillis(wait.longValue());
    }

    private static UnknownLineException badWait() {
      return new UnknownLineException("retryAfter must be seconds, or a time such as 2s or 500ms");
    }

    /** In milliseconds. */
    private static BigDecimal unit(@Nullable String written) {
      return switch (written) {
        case "ms" -> BigDecimal.ONE;
        case "m" -> BigDecimal.valueOf(60_000);
        case "h" -> BigDecimal.valueOf(3_600_000);
        case "d" -> BigDecimal.valueOf(86_400_000);
        case null, default -> SECOND;
      };
    }

    Answer answer(ProgramText texts) throws UnknownLineException {
      if (id == null && ready) {
        return new Answer(null, 0, new Delivered());
      }
      if (id == null) {
        throw new UnknownLineException("it has no id");
      }
      String why = reason == null ? "" : texts.reason(reason);
      String shown = why.isEmpty() ? "the program gave no reason" : why;
      return new Answer(id, attempt, outcome(shown));
    }

    private Outcome outcome(String why) throws UnknownLineException {
      return switch (outcome) {
        case "delivered" -> new Delivered();
        case "retry" -> new RetryLater(Fault.FAILED, why, retryAfter);
        case "unknown" -> new RetryLater(Fault.UNKNOWN, why, null);
        case "unavailable" -> new RetryLater(Fault.UNAVAILABLE, why, retryAfter);
        case "rejected" -> new Rejected(Refused.MESSAGE, why);
        case null, default ->
            throw new UnknownLineException(
                "outcome must be delivered, retry, unknown, unavailable or rejected");
      };
    }
  }

  /**
   * Reads a line.
   *
   * @throws UnknownLineException where it is none, with the line's beginning
   */
  static Answer of(byte[] line, ProgramText texts) throws UnknownLineException {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new UnknownLineException("it is no JSON object");
      }
      Members members = new Members();
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        members.read(json.currentName(), json);
      }
      if (json.nextToken() != null) {
        throw new UnknownLineException("it is more than one JSON value");
      }
      return members.answer(texts);
    } catch (JacksonException e) {
      throw named("it is no JSON", line, texts);
    } catch (UnknownLineException e) {
      throw named(String.valueOf(e.getMessage()), line, texts);
    }
  }

  private static UnknownLineException named(String problem, byte[] line, ProgramText texts) {
    return new UnknownLineException(
        "the program wrote a line to standard output that is no answer, for "
            + problem
            + ": "
            + texts.excerpt(line));
  }
}
