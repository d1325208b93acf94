package dev.stretto.transport.http;

import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.RetryLater;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.client.RetryableRequestException;
import org.eclipse.jetty.http2.ErrorCode;

/** The rules that turn the lack of an answer into an outcome. */
final class HttpFaults {

  private final Duration timeout;
  private final String authority;

  HttpFaults(HttpSettings settings) {
    this.timeout = settings.timeout();
    this.authority = settings.authority();
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
    if (failure instanceof HttpResponseException) {
      return new RetryLater(Fault.UNAVAILABLE, noHttp(failure), null);
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

  /** The outcome of a call whose connection was on its way out. */
  RetryLater untaken() {
    return new RetryLater(Fault.UNTAKEN, "the destination ended the connection", null);
  }

  /** The outcome of a call that the connection did not take. */
  RetryLater untaken(HttpLink link) {
    String error = link.error();
    if (error != null) {
      return new RetryLater(
          Fault.UNAVAILABLE, "the destination ended the connection: " + error, null);
    }
    if (link.getMaxMultiplex() == 0) {
      return new RetryLater(
          Fault.UNAVAILABLE, "the destination takes no more requests now: " + authority, null);
    }
    return new RetryLater(Fault.UNTAKEN, "the destination did not take the request", null);
  }

  /** Whether the destination itself said that it did nothing with the request (RFC 9113, 8.7). */
  static boolean refused(Throwable failure) {
    return failure instanceof RetryableRequestException
        || (failure instanceof IOException
            && ErrorCode.REFUSED_STREAM_ERROR.name().equalsIgnoreCase(failure.getMessage()));
  }

  private String noHttp(Throwable failure) {
    return authority + " does not speak HTTP: " + failure;
  }

  /**
   * Input-output exceptions name their cause without request data; of others, only the kind is
   * shown.
   */
  private static String text(Throwable failure) {
    String message = failure instanceof IOException ? failure.getMessage() : null;
    return message == null ? failure.getClass().getSimpleName() : AnswerText.oneLine(message);
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
