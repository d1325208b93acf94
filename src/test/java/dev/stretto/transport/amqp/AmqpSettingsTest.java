package dev.stretto.transport.amqp;

import static dev.stretto.transport.Outcome.Fault.UNAVAILABLE;
import static dev.stretto.transport.Outcome.Refused.UNSENDABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.message.Message;
import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmqpSettingsTest {

  private static final String NOWHERE = "amqp://u:hunter2@127.0.0.1:9/v";

  @Test
  void everyDefaultIsPinned() {
    assertThat(MapSettings.of("amqp").bind(AmqpSettings.class))
        .isEqualTo(new AmqpSettings(null, "", null, Duration.ofSeconds(30), Duration.ofSeconds(5)));
  }

  @Test
  void everyPropertyNameIsPinned() {
    AmqpSettings settings =
        MapSettings.of(
                "amqp",
                "url",
                NOWHERE,
                "exchange",
                "orders",
                "routing-key",
                "new",
                "timeout",
                "2m",
                "connect-timeout",
                "1s")
            .bind(AmqpSettings.class);

    assertThat(settings)
        .isEqualTo(
            new AmqpSettings(
                NOWHERE, "orders", "new", Duration.ofMinutes(2), Duration.ofSeconds(1)));
    assertThat(settings.toString()).doesNotContain("hunter2");
    assertThat(new AmqpTransportType().arrivalOrder(MapSettings.of("amqp")))
        .isEqualTo(ArrivalOrder.KEPT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "url | '' | url: is required; write amqp://USER:PASSWORD@HOST:PORT/VHOST, or amqps:",
        "url | amqp://u:hunter2^x@h | url: is no URL; percent-encode the characters that a URL"
            + " can't have",
        "url | http://u:hunter2@h | url: must begin with amqp:// or amqps://",
        "url | amqp://u:hunter2@h:65536 | url: has a port that can't be one; use 1 to 65535",
        "url | amqp://u:hunter2@h:0/v | url: has a port that can't be one; use 1 to 65535",
        "url | amqp:/v | url: has no host; write amqp://HOST:PORT/VHOST",
        "url | amqp://u:hunter2@h/v?heartbeat=1 | url: can't have a query or a fragment; leave it"
            + " out",
        "url | amqp://u:hunter2@h/a/b | url: has more than one / in its path; percent-encode one in"
            + " a virtual host's name",
        "timeout | 0s | timeout: must be more than 0 and 1d or less, such as 30s",
        "connect-timeout | 25h | connect-timeout: must be more than 0 and 1d or less, such as 5s",
      })
  void aSettingThatCantBeUsedIsNamedWithTheRemedyAndNoPassword(
      String property, String value, String problem) {
    assertThatThrownBy(() -> open(property, value))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage("amqp." + problem);
  }

  @Test
  void namesThatAreTooLongAreRefused() {
    assertThatThrownBy(() -> open("exchange", "\u00e9".repeat(128)))
        .hasMessage("amqp.exchange: must have 255 bytes or less");
    assertThatThrownBy(() -> open("routing-key", "x".repeat(256)))
        .hasMessage("amqp.routing-key: must have 255 bytes or less");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "amqp://127.0.0.1:9 | connection refused: 127.0.0.1:9",
        "amqps://127.0.0.1:9 | connection refused: 127.0.0.1:9",
        "amqp://no-such-host.invalid | host not found: no-such-host.invalid:5672",
      })
  void aBrokerThatCantBeReachedClosesTheGateAndNothingCountsAsSent(String url, String reason) {
    try (Transport transport = open("url", url)) {
      assertThat(transport.capacity()).isEqualTo(1);
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(new RetryLater(UNAVAILABLE, reason, null));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Stretto-Fence | header 'Stretto-Fence' is set by Stretto; choose another name",
        "CC | header 'CC' means further routing keys to the broker; choose another name",
      })
  void aMessageThatWouldSayWhatIsNotItsOwnIsNotSent(String header, String problem) {
    try (Transport transport = open()) {
      assertThat(Driver.outcomeOf(transport, call("id", Map.of(header, "1"))))
          .isEqualTo(new Rejected(UNSENDABLE, problem));
    }
  }

  @Test
  void aMessageWithALongerIdThanAmqpCarriesIsNotSent() {
    try (Transport transport = open()) {
      Outcome outcome = Driver.outcomeOf(transport, call("x".repeat(256), Map.of()));

      assertThat(outcome)
          .isEqualTo(
              new Rejected(
                  UNSENDABLE, "the message id has more than 255 bytes, which AMQP can't carry"));
    }
  }

  private static Call call(String id, Map<String, String> headers) {
    return new Call(
        new Message(1, "space", 1, id, null, "application/json", headers, "1", 0), 1, 42);
  }

  private static Transport open(String... settings) {
    MapSettings all = MapSettings.of("amqp", "url", NOWHERE);
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return new AmqpTransportType().open("space", all, 8);
  }
}
