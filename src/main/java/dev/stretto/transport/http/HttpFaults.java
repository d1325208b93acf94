package dev.stretto.transport.http;

import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.client.RetryableRequestException;
import org.eclipse.jetty.http.HttpDateTime;
import org.eclipse.jetty.http2.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The rules that turn an answer, or the lack of one, into an outcome. */
final class HttpFaults {

  /**
   * How much of an answer's body, in bytes, is looked at for the reason; half of it at most is
   * shown.
   */
  static final int EXCERPT = 1024;

  private static final int SHORTEST_SECRET = 8;
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\s]+");
  private static final Pattern DIGITS = Pattern.compile("\\d{1,9}");

  private final Clock clock;
  private final Duration timeout;
  private final String authority;
  private final Set<String> secrets = new LinkedHashSet<>();

  HttpFaults(HttpSettings settings, Clock clock) {
    this.clock = clock;
    this.timeout = settings.timeout();
    URI target = settings.target();
    int standard = "https".equalsIgnoreCase(target.getScheme()) ? 443 : 80;
    this.authority = target.getHost() + ":" + (target.getPort() < 0 ? standard : target.getPort());
    for (String header : settings.headers().values()) {
      keepSecret(header.split("\\s+"));
    }
    keepSecret(String.valueOf(target.getRawPath()).split("/"));
    keepSecret(String.valueOf(target.getRawQuery()).split("[&=]"));
  }

  private void keepSecret(String... words) {
    for (String word : words) {
      if (word.length() >= SHORTEST_SECRET) {
        secrets.add(word);
      }
    }
  }

  /**
   * The outcome of an answer.
   *
   * @param retryAfter the header of that name, or null
   * @param excerpt the beginning of the body
   */
  Outcome answered(int status, @Nullable String retryAfter, byte[] excerpt) {
    if (status >= 200 && status < 300) {
      return new Delivered();
    }
    String body = shown(excerpt);
    String reason = "HTTP " + status + (body.isEmpty() ? "" : ": " + body);
    if (status == 429 || status == 503) {
      return new RetryLater(Fault.UNAVAILABLE, reason, wait(retryAfter));
    }
    if (status == 408 || status == 425 || status >= 500) {
      return new RetryLater(Fault.FAILED, reason, null);
    }
    return new Rejected(status == 410 ? Refused.CHANNEL : Refused.MESSAGE, reason);
  }

  /** The outcome of a call that failed before any byte of its request was written. */
  Outcome notSent(Throwable failure) {
    String reason =
        switch (failure) {
          case ConnectException _ -> "connection refused: " + authority;
          case UnknownHostException _ -> "host not found: " + authority;
          case UnresolvedAddressException _ -> "host not found: " + authority;
          case NoRouteToHostException _ -> "no route to host: " + authority;
          case SocketTimeoutException _ -> "no connection in time: " + authority;
          case TimeoutException _ -> "no connection in time: " + authority;
          case SSLException tls -> "TLS failed with " + authority + ": " + text(tls);
          case HttpResponseException proxy ->
              "no way to "
                  + authority
                  + ": the proxy answered HTTP "
                  + proxy.getResponse().getStatus();
          case Throwable other -> "no connection to " + authority + ": " + text(other);
        };
    return new RetryLater(Fault.UNAVAILABLE, reason, null);
  }

  /** The outcome of a call that ended without an answer after its request may have left. */
  Outcome unanswered(Throwable failure) {
    if (notTaken(failure)) {
      return new RetryLater(
          Fault.UNAVAILABLE, "the destination takes no more requests now: " + authority, null);
    }
    String reason =
        switch (failure) {
          case TimeoutException _ -> "no answer within " + seconds(timeout);
          case EOFException _ -> "connection closed before an answer";
          case ClosedChannelException _ -> "connection closed before an answer";
          case Throwable other -> "connection lost before an answer: " + text(other);
        };
    return new RetryLater(Fault.UNKNOWN, reason, null);
  }

  /**
   * Whether the destination itself said that it did nothing with the request (RFC 9113, 8.7), or
   * the request never left because fewer streams are allowed than a moment ago.
   */
  private static boolean notTaken(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return failure instanceof RetryableRequestException
        || (failure instanceof IOException
            && ErrorCode.REFUSED_STREAM_ERROR.name().equalsIgnoreCase(message))
        || (failure instanceof IllegalStateException
            && message.startsWith("Max local stream count"));
  }

  private @Nullable Duration wait(@Nullable String retryAfter) {
    if (retryAfter == null) {
      return null;
    }
    String text = retryAfter.strip();
    if (DIGITS.matcher(text).matches()) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      Duration until = Duration.between(clock.instant(), HttpDateTime.parse(text).toInstant());
      return until.isNegative() ? Duration.ZERO : until;
    } catch (IllegalArgumentException unreadable) {
      return null;
    }
  }

  private String shown(byte[] excerpt) {
    String text = new String(excerpt, StandardCharsets.UTF_8);
    for (String secret : secrets) {
      text = text.replace(secret, "***");
    }
    String line = oneLine(text);
    return line.length() <= EXCERPT / 2 ? line : line.substring(0, EXCERPT / 2) + "…";
  }

  /** The text without line breaks and other control characters. */
  static String oneLine(String text) {
    return UNPRINTABLE.matcher(text).replaceAll(" ").strip();
  }

  /**
   * Input-output exceptions name their cause without request data; of others, only the kind is
   * shown.
   */
  private static String text(Throwable failure) {
    String message = failure instanceof IOException ? failure.getMessage() : null;
    return message == null ? failure.getClass().getSimpleName() : oneLine(message);
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
