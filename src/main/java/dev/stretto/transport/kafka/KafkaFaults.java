package dev.stretto.transport.kafka;

import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.ReasonText;
import java.time.Duration;
import java.util.List;
import javax.security.auth.login.LoginException;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** The rules that turn what Kafka's producer reports into an outcome. */
final class KafkaFaults {

  private final String topic;
  private final List<String> servers;
  private final Duration timeout;
  private final Duration connectTimeout;

  KafkaFaults(KafkaSettings settings) {
    this.topic = settings.name();
    this.servers = settings.bootstrapServers();
    this.timeout = settings.timeout();
    this.connectTimeout = settings.connectTimeout();
  }

  /** The outcome of a call whose record the producer did not take: it was not sent. */
  Outcome notSent(Throwable failure) {
    Throwable cause = failure.getCause();
    boolean wrapped = failure.getClass() == KafkaException.class && cause != null;
    Throwable fault = wrapped && cause != null ? cause : failure;
    Rejected refused = refused(fault);
    return refused == null ? new RetryLater(Fault.UNAVAILABLE, unavailable(fault), null) : refused;
  }

  /** The outcome of a call whose record may have been sent. */
  Outcome unanswered(Throwable failure) {
    Rejected refused = refused(failure);
    if (refused != null) {
      return refused;
    }
    return switch (failure) {
      case TimeoutException _ ->
          new RetryLater(Fault.UNKNOWN, "no answer within " + text(timeout), null);
      case RetriableException _ -> unknown(failure);
      // The brokers and the producer don't agree on what came before.
      case OutOfOrderSequenceException _ -> unknown(failure);
      case ProducerFencedException _ -> unknown(failure);
      case InvalidProducerEpochException _ -> unknown(failure);
      case SslAuthenticationException _ -> unknown(failure);
      case ApiException _ -> new RetryLater(Fault.FAILED, ReasonText.of(failure), null);
      default -> unknown(failure);
    };
  }

  private static RetryLater unknown(Throwable failure) {
    return new RetryLater(Fault.UNKNOWN, ReasonText.of(failure), null);
  }

  private @Nullable Rejected refused(Throwable failure) {
    return switch (failure) {
      case RecordTooLargeException _ -> message(failure);
      case RecordBatchTooLargeException _ -> message(failure);
      case InvalidRecordException _ -> message(failure);
      case InvalidTimestampException _ -> message(failure);
      // No connection was made, as with a port that speaks no TLS.
      case SslAuthenticationException _ -> null;
      case AuthenticationException _ -> sender(failure);
      case LoginException _ -> sender(failure);
      case AuthorizationException _ -> sender(failure);
      case InvalidTopicException _ -> sender(failure);
      case PolicyViolationException _ -> sender(failure);
      case UnsupportedVersionException _ -> sender(failure);
      case LinkageError _ -> sender(failure);
      case UnknownTopicOrPartitionException _ -> noTopic();
      case TimeoutException late when late.getCause() instanceof UnknownTopicOrPartitionException ->
          noTopic();
      default -> null;
    };
  }

  private static Rejected message(Throwable failure) {
    return new Rejected(Refused.MESSAGE, ReasonText.of(failure));
  }

  private static Rejected sender(Throwable failure) {
    return new Rejected(Refused.SENDER, ReasonText.of(failure));
  }

  /** Whether that is what became of the call. */
  boolean isNoTopic(Outcome outcome) {
    return outcome.equals(noTopic());
  }

  private Rejected noTopic() {
    return new Rejected(
        Refused.SENDER, "there is no topic " + topic + "; make it, or check kafka.topic");
  }

  private String unavailable(Throwable failure) {
    return switch (failure) {
      case BufferExhaustedException _ ->
          "the brokers take too little: no room in the producer's memory for "
              + text(connectTimeout);
      case TimeoutException _ ->
          "no broker of "
              + String.join(", ", servers)
              + " said within "
              + text(connectTimeout)
              + " where the topic "
              + topic
              + " is";
      case ConfigException none when text(none).contains("resolvable") ->
          "host not found: " + String.join(", ", servers);
      default -> ReasonText.of(failure);
    };
  }

  private static String text(ConfigException failure) {
    return String.valueOf(failure.getMessage());
  }

  private static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
