package dev.stretto.transport.java;

import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** The rules that turn what a sender throws into an outcome. */
final class SenderFaults {

  private static final int LONGEST_REASON = 500;
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\s]+");

  private SenderFaults() {}

  static Outcome of(Throwable thrown) {
    Throwable fault = bare(thrown);
    String reason = text(fault);
    return switch (fault) {
      case RejectedException _ -> new Rejected(Refused.MESSAGE, reason);
      case UnavailableException unavailable ->
          new RetryLater(Fault.UNAVAILABLE, reason, unavailable.retryAfter());
      case ConnectException _ -> new RetryLater(Fault.UNAVAILABLE, reason, null);
      case NoRouteToHostException _ -> new RetryLater(Fault.UNAVAILABLE, reason, null);
      case UnknownHostException _ -> new RetryLater(Fault.UNAVAILABLE, reason, null);
      case UnresolvedAddressException _ -> new RetryLater(Fault.UNAVAILABLE, reason, null);
      case HttpConnectTimeoutException _ -> new RetryLater(Fault.UNAVAILABLE, reason, null);
      case TimeoutException _ -> new RetryLater(Fault.UNKNOWN, reason, null);
      case SocketTimeoutException _ -> new RetryLater(Fault.UNKNOWN, reason, null);
      case HttpTimeoutException _ -> new RetryLater(Fault.UNKNOWN, reason, null);
      case SocketException _ -> new RetryLater(Fault.UNKNOWN, reason, null);
      case EOFException _ -> new RetryLater(Fault.UNKNOWN, reason, null);
      case ClosedChannelException _ -> new RetryLater(Fault.UNKNOWN, reason, null);
      case Throwable _ -> new RetryLater(Fault.FAILED, reason, null);
    };
  }

  /** The outcome of a call that did not end within the timeout; it may still arrive. */
  static Outcome late(Duration timeout) {
    return new RetryLater(
        Fault.UNKNOWN, "the sender gave no outcome within " + timeout.toMillis() + " ms", null);
  }

  private static Throwable bare(Throwable thrown) {
    boolean wrapper =
        thrown instanceof CompletionException
            || thrown instanceof ExecutionException
            || thrown instanceof UncheckedIOException;
    Throwable cause = thrown.getCause();
    return wrapper && cause != null ? bare(cause) : thrown;
  }

  /** The exception on one line; its kind is named unless it is one of Stretto's own. */
  static String text(Throwable thrown) {
    String line = UNPRINTABLE.matcher(message(thrown)).replaceAll(" ").strip();
    if (line.length() > LONGEST_REASON) {
      boolean pair = Character.isHighSurrogate(line.charAt(LONGEST_REASON - 1));
      line = line.substring(0, pair ? LONGEST_REASON - 1 : LONGEST_REASON) + "…";
    }
    boolean own = thrown instanceof RejectedException || thrown instanceof UnavailableException;
    if (own && !line.isEmpty()) {
      return line;
    }
    String kind = thrown.getClass().getSimpleName();
    return line.isEmpty() ? kind : kind + ": " + line;
  }

  /** Empty, too, where an exception that others wrote fails when it is asked. */
  private static String message(Throwable thrown) {
    try {
      return Objects.requireNonNullElse(thrown.getMessage(), "");
    } catch (RuntimeException e) {
      return "";
    }
  }
}
