package dev.stretto.transport.kafka;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.PortNumber;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code stretto.channels.<channel>.kafka} says.
 *
 * @param topic where the records go; required
 * @param bootstrapServers some brokers of the cluster, each as {@code HOST:PORT}; required
 * @param timeout how long a call may take, what the client repeats by itself included, before its
 *     outcome counts as unknown; from 1 s to a day
 * @param connectTimeout how long finding the topic's brokers, or room in the client's memory, may
 *     take; more than 0, a day at most
 * @param properties of Kafka's producer, but those that would break the order, lose a record or
 *     send it twice
 */
record KafkaSettings(
    @Nullable String topic,
    @DefaultValue List<String> bootstrapServers,
    @DefaultValue("30s") Duration timeout,
    @DefaultValue("5s") Duration connectTimeout,
    @DefaultValue Map<String, String> properties) {

  private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);
  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
  private static final Pattern SERVER =
      Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^\\s:/]+):(\\d{1,5})");

  /** The topic; checked. */
  String name() {
    if (topic == null || topic.isBlank()) {
      throw new InvalidSettingException(
          "kafka.topic", "is required; give the topic that takes the messages");
    }
    if (!TOPIC.matcher(topic).matches() || topic.equals(".") || topic.equals("..")) {
      throw new InvalidSettingException(
          "kafka.topic",
          "is no name of a topic; use letters (A to Z, a to z), digits, '.', '_' and '-', 249 at"
              + " the most");
    }
    return topic;
  }

  /** Checks what can be without asking a broker or the client. */
  void check() {
    var _ = name();
    if (bootstrapServers.isEmpty()) {
      throw new InvalidSettingException(
          "kafka.bootstrap-servers", "is required; give some of the brokers, such as kafka1:9092");
    }
    for (String server : bootstrapServers) {
      var parts = SERVER.matcher(server);
      if (!parts.matches() || Integer.parseInt(parts.group(2)) > PortNumber.HIGHEST) {
        throw new InvalidSettingException(
            "kafka.bootstrap-servers",
            "'" + server + "' is no broker; write HOST:PORT, several with commas between them");
      }
    }
    if (timeout.compareTo(SHORTEST_TIMEOUT) < 0 || timeout.compareTo(LONGEST_WAIT) > 0) {
      throw new InvalidSettingException("kafka.timeout", "must be between 1s and 1d, such as 30s");
    }
    if (!connectTimeout.isPositive() || connectTimeout.compareTo(LONGEST_WAIT) > 0) {
      throw new InvalidSettingException(
          "kafka.connect-timeout", "must be more than 0 and 1d or less, such as 5s");
    }
  }

  /** Without the properties: they may hold secrets. */
  @Override
  public String toString() {
    return "KafkaSettings[topic=" + topic + ", timeout=" + timeout + "]";
  }
}
