package dev.stretto.transport.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaSettingsTest {

  private static final String OURS = "is set by Stretto, for the laws rest on it; leave it out";

  @Test
  void everyDefaultIsPinned() {
    assertThat(MapSettings.of("kafka").bind(KafkaSettings.class))
        .isEqualTo(
            new KafkaSettings(
                null, List.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), Map.of()));
  }

  @Test
  void everyPropertyNameIsPinned() {
    KafkaSettings settings =
        MapSettings.of(
                "kafka",
                "topic",
                "orders",
                "bootstrap-servers",
                "kafka1:9092,[::1]:9093",
                "timeout",
                "2m",
                "connect-timeout",
                "1s",
                "properties.compression.type",
                "zstd")
            .bind(KafkaSettings.class);

    assertThat(settings)
        .isEqualTo(
            new KafkaSettings(
                "orders",
                List.of("kafka1:9092", "[::1]:9093"),
                Duration.ofMinutes(2),
                Duration.ofSeconds(1),
                Map.of("compression.type", "zstd")));
    settings.check();
    assertThat(settings.toString()).doesNotContain("zstd");
  }

  @Test
  void theProducerKeepsTheOrderWhateverAChannelSays() {
    Map<String, Object> properties =
        ProducerProperties.of(
            "space", settings("properties.linger.ms", "7").bind(KafkaSettings.class));

    assertThat(properties)
        .containsEntry(ProducerConfig.ACKS_CONFIG, "all")
        .containsEntry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true)
        .containsEntry(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5)
        .containsEntry(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE)
        .containsEntry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000)
        .containsEntry(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000L)
        .containsEntry(ProducerConfig.CLIENT_ID_CONFIG, "stretto-space")
        .containsEntry(ProducerConfig.LINGER_MS_CONFIG, "7");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "topic | '' | topic: is required; give the topic that takes the messages",
        "topic | a/b | topic: is no name of a topic; use letters (A to Z, a to z), digits, '.', '_'"
            + " and '-', 249 at the most",
        "bootstrap-servers | '' | bootstrap-servers: is required; give some of the brokers, such as"
            + " kafka1:9092",
        "bootstrap-servers | kafka1 | bootstrap-servers: 'kafka1' is no broker; write HOST:PORT,"
            + " several with commas between them",
        "bootstrap-servers | kafka1:70000 | bootstrap-servers: 'kafka1:70000' is no broker; write"
            + " HOST:PORT, several with commas between them",
        "timeout | 999ms | timeout: must be between 1s and 1d, such as 30s",
        "timeout | 25h | timeout: must be between 1s and 1d, such as 30s",
        "connect-timeout | 0s | connect-timeout: must be more than 0 and 1d or less, such as 5s",
        "properties.delivery.timeout.ms | 1 | properties.delivery.timeout.ms: belongs into"
            + " kafka.timeout",
        "properties.max.block.ms | 1 | properties.max.block.ms: belongs into kafka.connect-timeout",
        "properties.bootstrap.servers | a:1 | properties.bootstrap.servers: belongs into"
            + " kafka.bootstrap-servers",
        "properties.lingerms | 1 | properties.lingerms: is no property of Kafka's producer",
        "properties.batch.size | many | properties.batch.size: can't be used: Invalid value many"
            + " for configuration batch.size: Not a number of type INT",
        "properties.request.timeout.ms | 30001 | properties.request.timeout.ms: must be, linger.ms"
            + " added, kafka.timeout or less",
      })
  void aSettingThatCantBeUsedIsNamedWithTheRemedy(String property, String value, String problem) {
    assertThatThrownBy(() -> Topics.open(settings(), property, value))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage("kafka." + problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acks",
        "enable.idempotence",
        "retries",
        "max.in.flight.requests.per.connection",
        "transactional.id",
        "partitioner.class",
        "partitioner.ignore.keys",
        "key.serializer",
        "value.serializer",
        "interceptor.classes",
      })
  void whatTheLawsRestOnIsRefused(String property) {
    assertThatThrownBy(() -> Topics.open(settings(), "properties." + property, "1"))
        .hasMessage("kafka.properties." + property + ": " + OURS);
  }

  @Test
  void credentialsThatCantBeUsedAreNamedAndNotShown() {
    assertThatThrownBy(() ->
            Topics.open(
                settings(),
                "properties.security.protocol",
                "SSL",
                "properties.ssl.truststore.location",
                "/no/such/store",
                "properties.ssl.truststore.password",
                "hunter2"))
        .hasMessageStartingWith("kafka.properties: can't be used: ")
        .hasMessageContaining("/no/such/store")
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() ->
            Topics.open(
                settings(),
                "properties.security.protocol",
                "SASL_SSL",
                "properties.sasl.mechanism",
                "PLAIN",
                "properties.sasl.jaas.config",
                "no.such.Module required password=\"hunter2\";"))
        .hasMessageStartingWith("kafka.properties: can't be used: ")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void nothingIsAskedBeforeTheFirstMessage() {
    try (Transport transport = Topics.open(settings())) {
      assertThat(transport.capacity()).isEqualTo(Topics.WINDOW);
    }
    assertThat(new KafkaTransportType().arrivalOrder(settings())).isEqualTo(ArrivalOrder.UNKNOWN);
  }

  private static MapSettings settings(String... namesAndValues) {
    return MapSettings.of("kafka", namesAndValues)
        .put("topic", "space")
        .put("bootstrap-servers", "127.0.0.1:9");
  }
}
