package dev.stretto.transport.http;

import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.http.answer.AnswerText;
import dev.stretto.transport.http.hosts.ForbiddenHostException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.client.RetryableRequestException;
import org.eclipse.jetty.http2.ErrorCode;

/** The rules that turn the lack of an answer into an outcome. */
final class HttpFaults {

  private final Duration timeout;
  private final String authority;
  private final boolean plainHttp2;
  private final String property;
  private final Elsewhere elsewhere;

  /** Other connections of the channel. */
  interface Elsewhere {

    /** There are none. */
    Elsewhere NONE =
        new Elsewhere() {
          @Override
          public boolean goesOn(String reason) {
            return false;
          }

          @Override
          public void unanswered(String reason) {}
        };

    /**
     * Notes that this one can't be made; whether there are others that calls can take instead.
     *
     * @param reason for people
     */
    boolean goesOn(String reason);

    /**
     * Notes that a call on this one had no answer.
     *
     * @param reason for people
     */
    void unanswered(String reason);
  }

  /**
   * @param address the destination's
   * @param elsewhere the channel's other connections
   */
  HttpFaults(HttpSettings settings, HttpAddress address, Elsewhere elsewhere) {
    this(
        settings.timeout(),
        address.authority(),
        !address.secure() && settings.protocol() == HttpSettings.Version.HTTP_2,
        "http.url",
        elsewhere);
  }

  private HttpFaults(
      Duration timeout,
      String authority,
      boolean plainHttp2,
      String property,
      Elsewhere elsewhere) {
    this.timeout = timeout;
    this.authority = authority;
    this.plainHttp2 = plainHttp2;
    this.property = property;
    this.elsewhere = elsewhere;
  }

  /**
   * Those of another address, by HTTP/1.1.
   *
   * @param property the setting that has the address
   */
  static HttpFaults of(String property, String authority, Duration timeout) {
    return new HttpFaults(timeout, authority, false, property, Elsewhere.NONE);
  }

  /** The outcome of a call that failed before any byte of its request was written. */
  Outcome notSent(Throwable failure) {
    if (failure instanceof ForbiddenHostException forbidden) {
      return new Rejected(
          Refused.UNSENDABLE, AnswerText.oneLine("http.url: " + forbidden.getMessage()));
    }
    String reason =
        switch (failure) {
          case ConnectException _ -> "connection refused: " + authority;
          case UnknownHostException _ -> "host not found: " + authority;
          case UnresolvedAddressException _ -> "host not found: " + authority;
          case NoRouteToHostException _ -> "no route to host: " + authority;
          case SocketTimeoutException _ -> "no connection in time: " + authority;
          case TimeoutException _ -> "no connection in time: " + authority;
          case SSLException tls -> noTls(tls);
          case HttpResponseException proxy ->
              "no way to "
                  + authority
                  + ": the proxy answered HTTP "
                  + proxy.getResponse().getStatus();
          case IOException other when plainHttp2 ->
              "no HTTP/2 from "
                  + authority
                  + " ("
                  + text(other)
                  + "); check http.version, or write https: in "
                  + property
                  + " where TLS is expected";
          case Throwable other -> "no connection to " + authority + ": " + text(other);
        };
    return notTaken(reason);
  }

  private RetryLater notTaken(String reason) {
    return new RetryLater(
        elsewhere.goesOn(reason) ? Fault.UNTAKEN : Fault.UNAVAILABLE, reason, null);
  }

  /** The outcome of a call that ended without an answer after its request may have left. */
  Outcome unanswered(Throwable failure) {
    if (failure instanceof HttpResponseException) {
      return new RetryLater(Fault.UNAVAILABLE, noHttp(failure), null);
    }
    if (failure instanceof SSLException tls && beforeAnyRequest(tls)) {
      return notSent(tls);
    }
    String reason =
        switch (failure) {
          case TimeoutException _ -> "no answer within " + seconds(timeout);
          case EOFException _ -> "connection closed before an answer";
          case ClosedChannelException _ -> "connection closed before an answer";
          case Throwable other -> "connection lost before an answer: " + text(other);
        };
    elsewhere.unanswered(reason);
    return new RetryLater(Fault.UNKNOWN, reason, null);
  }

  /** The outcome of a call that is sent again with a new token. */
  RetryLater unauthorized() {
    return new RetryLater(Fault.UNREADY, "HTTP 401: the token was taken no more", null);
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
      return notTaken("the destination takes no more requests now: " + authority);
    }
    return new RetryLater(Fault.UNTAKEN, "the destination did not take the request", null);
  }

  /** Whether the destination itself said that it did nothing with the request (RFC 9113, 8.7). */
  static boolean refused(Throwable failure) {
    return failure instanceof RetryableRequestException
        || (failure instanceof IOException
            && ErrorCode.REFUSED_STREAM_ERROR.name().equalsIgnoreCase(failure.getMessage()));
  }

  /** What was read is no HTTP answer; the record with which TLS says so begins with 0x15. */
  private String noHttp(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).contains("0x15")) {
        return authority + " answers in TLS; write https: in " + property;
      }
    }
    return authority + " does not answer in HTTP/1.1; check host and port in " + property;
  }

  private String noTls(SSLException failure) {
    String failed = "TLS failed with " + authority + ": " + text(failure);
    return unrecognized(failure)
        ? failed + " It answers without TLS; write http: in " + property + ", or check the port"
        : failed;
  }

  private static boolean beforeAnyRequest(SSLException failure) {
    return failure instanceof SSLHandshakeException || unrecognized(failure);
  }

  private static boolean unrecognized(SSLException failure) {
    return text(failure).toLowerCase(Locale.ROOT).contains("unrecognized ssl message");
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
