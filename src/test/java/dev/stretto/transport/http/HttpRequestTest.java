package dev.stretto.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

class HttpRequestTest {

  private static final String PAYLOAD = "{ \"text\" : \"naïve – 𝄞\",\r\n\t\"x\":1.0 }\n";

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "2"})
  void everyRequestNamesItsMessageAndCarriesTheAppendedBytes(String version) throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(204, ""));
        Transport transport =
            open(
                server,
                "version",
                version,
                "method",
                "PUT",
                "headers.Authorization",
                "Bearer x",
                "headers.X-Own",
                "configured")) {
      Message message = Driver.message(17, PAYLOAD, Map.of("X-Own", "mine"));

      assertThat(Driver.outcomeOf(transport, new Call(message, 3, 42)))
          .isInstanceOf(Outcome.Delivered.class);

      ScriptedServer.Seen seen = server.seen.remove();
      assertThat(seen.method()).isEqualTo("PUT");
      assertThat(seen.pathQuery()).isEqualTo("/hook?a=%20b");
      assertThat(seen.version()).isEqualTo(version.equals("2") ? "HTTP/2.0" : "HTTP/1.1");
      assertThat(seen.body()).isEqualTo(PAYLOAD.getBytes(StandardCharsets.UTF_8));
      assertThat(seen.header("Content-Type")).isEqualTo("application/json");
      assertThat(seen.header("Idempotency-Key")).isEqualTo(message.messageId());
      assertThat(seen.header("Stretto-Message-Id")).isEqualTo(message.messageId());
      assertThat(seen.header("Stretto-Channel")).isEqualTo("space");
      assertThat(seen.header("Stretto-Position")).isEqualTo("17");
      assertThat(seen.header("Stretto-Attempt")).isEqualTo("3");
      assertThat(seen.header("Stretto-Fence")).isEqualTo("42");
      assertThat(seen.header("Authorization")).isEqualTo("Bearer x");
      assertThat(seen.headers().getValuesList("X-Own")).containsExactly("mine");
    }
  }

  @Test
  void anEmptyPayloadIsSentAsAnEmptyBody() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport = open(server, "version", "2")) {
      Call call = new Call(Driver.message(1, "", Map.of()), 1, 1);
      assertThat(Driver.outcomeOf(transport, call)).isInstanceOf(Outcome.Delivered.class);
      assertThat(server.seen.remove().body()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "stretto-fence, 1, is set by Stretto",
    "IDEMPOTENCY-KEY, 1, is set by Stretto",
    "Content-Type, text/plain, content type",
    "Host, elsewhere, belongs to the connection",
    "Content-Length, 3, belongs to the connection",
    "Transfer-Encoding, chunked, belongs to the connection",
    "Connection, close, belongs to the connection",
    "'a b', 1, is no header name",
    "X-Own, 'a\nb', line break",
    "X-Own, 'Ω', beyond Latin-1",
  })
  void aHeaderThatMustNotBeSentRejectsItsMessageAndNothingLeaves(
      String name, String value, String reason) throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport = open(server)) {
      Call call = new Call(Driver.message(1, "{}", Map.of(name, value)), 1, 1);

      assertThat(Driver.outcomeOf(transport, call))
          .asInstanceOf(type(Outcome.Rejected.class))
          .satisfies(rejected -> {
            assertThat(rejected.reason()).contains(name).contains(reason).doesNotContain(value);
            assertThat(rejected.refused()).isEqualTo(Outcome.Refused.UNSENDABLE);
          });
      assertThat(server.seen).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', application/json, the message id is empty",
    "' a', application/json, the message id can't be sent as a header: it begins",
    "'a	', application/json, the message id can't be sent as a header: it begins",
    "a, ' ', the content type is empty",
    "a, 'text/plain ', the content type can't be sent as a header: it begins",
  })
  void anIdOrTypeThatAReceiverWouldSeeAlteredRejectsItsMessage(
      String id, String contentType, String reason) throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport = open(server)) {
      Message message = new Message(1, "space", 1, id, null, contentType, Map.of(), "{}", 0);
      assertThat(((Outcome.Rejected) Driver.outcomeOf(transport, new Call(message, 1, 1))).reason())
          .startsWith(reason);
      assertThat(server.seen).isEmpty();
    }
  }

  private Transport open(ScriptedServer server, String... settings) {
    return type.open("space", MapSettings.url(server.url("http", "/hook?a=%20b"), settings), 4);
  }
}
