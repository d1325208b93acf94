package dev.stretto.transport.kafka;

import static java.util.Map.entry;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.ReasonText;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/** The properties that Kafka's producer is made with. */
final class ProducerProperties {

  private static final String SET_BY_STRETTO =
      "is set by Stretto, for the laws rest on it; leave it out";

  /** What nobody else may set, each with the remedy. */
  private static final Map<String, String> OURS =
      Map.ofEntries(
          entry(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "belongs into kafka.bootstrap-servers"),
          entry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "belongs into kafka.timeout"),
          entry(ProducerConfig.MAX_BLOCK_MS_CONFIG, "belongs into kafka.connect-timeout"),
          entry(ProducerConfig.ACKS_CONFIG, SET_BY_STRETTO),
          entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, SET_BY_STRETTO),
          entry(ProducerConfig.RETRIES_CONFIG, SET_BY_STRETTO),
          entry(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, SET_BY_STRETTO),
          entry(ProducerConfig.TRANSACTIONAL_ID_CONFIG, SET_BY_STRETTO),
          entry(ProducerConfig.PARTITIONER_CLASS_CONFIG, SET_BY_STRETTO),
          entry(ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG, SET_BY_STRETTO),
          entry(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, SET_BY_STRETTO),
          entry(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, SET_BY_STRETTO),
          entry(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG, SET_BY_STRETTO));

  /** So often the client may ask again within a call's time. */
  private static final int REQUESTS_IN_A_CALL = 3;

  private ProducerProperties() {}

  /**
   * All that a producer is made with.
   *
   * @throws InvalidSettingException where one is not for others to set, unknown or unusable
   */
  static Map<String, Object> of(String channel, KafkaSettings settings) {
    Map<String, Object> all = defaults(channel, settings.timeout());
    settings
        .properties()
        .forEach((name, value) -> {
          String remedy = OURS.get(name);
          if (remedy == null && !ProducerConfig.configNames().contains(name)) {
            remedy = "is no property of Kafka's producer";
          }
          if (remedy != null) {
            throw new InvalidSettingException(property(name), remedy);
          }
          all.put(name, value);
        });
    all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis(settings.timeout()));
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) millis(settings.connectTimeout()));
    // INVARIANT (order of arrival): with these the brokers take the batches of a partition in the
    // order in which they were made, once each, however often the client sends one again.
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    all.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
    all.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
    all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    checkEach(settings.properties());
    checkAll(all);
    return Map.copyOf(all);
  }

  /** What a channel may say otherwise. */
  private static Map<String, Object> defaults(String channel, Duration timeout) {
    Map<String, Object> defaults = new HashMap<>();
    defaults.put(ProducerConfig.CLIENT_ID_CONFIG, "stretto-" + channel);
    // A message waits for no other; those that come while a batch is under way are the next.
    defaults.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    defaults.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis(timeout) / REQUESTS_IN_A_CALL);
    defaults.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    return defaults;
  }

  /** Each by itself. */
  private static void checkEach(Map<String, String> given) {
    ConfigDef known = ProducerConfig.configDef();
    for (ConfigValue value : known.validate(given)) {
      if (given.containsKey(value.name()) && !value.errorMessages().isEmpty()) {
        throw new InvalidSettingException(
            property(value.name()),
            "can't be used: " + ReasonText.oneLine(value.errorMessages().getFirst()));
      }
    }
  }

  /** All together; certificates and credentials are read where that asks nobody. */
  private static void checkAll(Map<String, Object> all) {
    try {
      ProducerConfig config = new ProducerConfig(new HashMap<>(all));
      checkTimes(config);
      String protocol = config.getString(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG);
      String mechanism = config.getString(SaslConfigs.SASL_MECHANISM);
      boolean passwords = mechanism.equals("PLAIN") || mechanism.startsWith("SCRAM-");
      if (protocol.equals("SSL") || (protocol.startsWith("SASL_") && passwords)) {
        ClientUtils.createChannelBuilder(config, Time.SYSTEM, new LogContext()).close();
      }
    } catch (KafkaException | IllegalArgumentException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new InvalidSettingException(
          "kafka.properties",
          "can't be used: " + ReasonText.oneLine(String.valueOf(cause.getMessage())));
    }
  }

  private static void checkTimes(ProducerConfig config) {
    long least =
        config.getInt(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG)
            + config.getLong(ProducerConfig.LINGER_MS_CONFIG);
    if (least > config.getInt(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG)) {
      throw new InvalidSettingException(
          property(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG),
          "must be, linger.ms added, kafka.timeout or less");
    }
  }

  private static String property(String name) {
    return "kafka.properties." + name;
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(Math.max(1, duration.toMillis()));
  }
}
