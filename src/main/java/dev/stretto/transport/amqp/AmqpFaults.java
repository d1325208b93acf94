package dev.stretto.transport.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.ReasonText;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** The rules that turn what a broker says, or does not, into an outcome. */
final class AmqpFaults {

  private final String authority;
  private final String exchange;
  private final Duration timeout;

  AmqpFaults(AmqpSettings settings) {
    this.authority = settings.authority();
    this.exchange = settings.exchange();
    this.timeout = settings.timeout();
  }

  /** The outcome of a call that was not written. */
  Outcome notSent(Throwable failure) {
    return switch (failure) {
      case AlreadyClosedException closed -> unavailable("connection lost: " + text(closed));
      case AuthenticationFailureException _ -> sender(ReasonText.of(failure));
      case PossibleAuthenticationFailureException _ ->
          sender(
              "the broker ended the connection at the login; check user, password and virtual host"
                  + " in amqp.url");
      case ConnectException _ -> unavailable("connection refused: " + authority);
      case UnknownHostException _ -> unavailable("host not found: " + authority);
      case NoRouteToHostException _ -> unavailable("no route to host: " + authority);
      case SocketTimeoutException _ -> unavailable("no connection in time: " + authority);
      case TimeoutException _ -> unavailable("no connection in time: " + authority);
      case SSLException _ -> unavailable("TLS failed with " + authority + ": " + text(failure));
      case ShutdownSignalException ended -> refusedConnection(ended);
      default ->
          failure.getCause() instanceof ShutdownSignalException ended
              ? refusedConnection(ended)
              : unavailable("no connection to " + authority + ": " + ReasonText.of(failure));
    };
  }

  private Outcome refusedConnection(ShutdownSignalException ended) {
    return switch (code(ended)) {
      case AMQP.NOT_FOUND ->
          sender("there is no exchange '" + exchange + "'; make it, or check amqp.exchange");
      case AMQP.ACCESS_REFUSED, AMQP.NOT_ALLOWED -> sender(text(ended));
      default -> unavailable("no connection to " + authority + ": " + text(ended));
    };
  }

  /**
   * The outcome of a call that was written when the connection or its channel ended.
   *
   * @param alone whether no other was under way, so that what the broker says is about this one
   */
  Outcome lost(ShutdownSignalException ended, boolean alone) {
    String text = text(ended);
    int code = alone ? code(ended) : 0;
    return switch (code) {
      case AMQP.PRECONDITION_FAILED -> new Rejected(Refused.MESSAGE, text);
      case AMQP.NOT_FOUND, AMQP.ACCESS_REFUSED, AMQP.NOT_ALLOWED -> sender(text);
      default -> new RetryLater(Fault.UNKNOWN, "connection lost before a confirm: " + text, null);
    };
  }

  /** The outcome of a call that failed while it was written. */
  Outcome halfWritten(Throwable failure) {
    return new RetryLater(Fault.UNKNOWN, "connection lost: " + ReasonText.of(failure), null);
  }

  /** The outcome of a call that was written, and whose time is over. */
  Outcome unconfirmed() {
    return new RetryLater(Fault.UNKNOWN, "no confirm within " + seconds(), null);
  }

  /** The outcome of a call that was not yet written when its time was over. */
  Outcome unwritten() {
    return unavailable("the broker has read nothing for " + seconds());
  }

  /** The outcome of a call that is not written, for the broker reads nothing. */
  Outcome blocked(String reason) {
    return unavailable("the broker takes nothing now: " + reason);
  }

  /** What is said of a message for which there is no queue. */
  String noQueue(String reply) {
    return "no queue takes the message from the exchange '" + exchange + "' (" + reply + ")";
  }

  private static RetryLater unavailable(String reason) {
    return new RetryLater(Fault.UNAVAILABLE, reason, null);
  }

  private static Rejected sender(String reason) {
    return new Rejected(Refused.SENDER, reason);
  }

  /** The broker's code for the end; 0 where it gave none. */
  private static int code(ShutdownSignalException ended) {
    return switch (ended.getReason()) {
      case AMQP.Channel.Close close -> close.getReplyCode();
      case AMQP.Connection.Close close -> close.getReplyCode();
      case null, default -> 0;
    };
  }

  private static String text(Throwable failure) {
    if (failure instanceof ShutdownSignalException ended) {
      return switch (ended.getReason()) {
        case AMQP.Channel.Close close -> ReasonText.oneLine(close.getReplyText());
        case AMQP.Connection.Close close -> ReasonText.oneLine(close.getReplyText());
        case null, default ->
            ended.getCause() == null ? "it ended" : ReasonText.of(ended.getCause());
      };
    }
    return ReasonText.oneLine(String.valueOf(failure.getMessage()));
  }

  private String seconds() {
    return timeout.toMillis() % 1000 == 0 ? timeout.toSeconds() + " s" : timeout.toMillis() + " ms";
  }
}
