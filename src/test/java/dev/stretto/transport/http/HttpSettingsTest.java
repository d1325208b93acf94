package dev.stretto.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.receiver.Certificates;
import dev.stretto.transport.Driver;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Transport;
import dev.stretto.transport.http.answer.AnswerRule;
import dev.stretto.transport.http.credentials.BasicSettings;
import dev.stretto.transport.http.credentials.OAuth2Settings;
import dev.stretto.transport.http.credentials.OAuth2Settings.ClientAuthentication;
import dev.stretto.transport.http.credentials.SignatureSettings;
import dev.stretto.transport.http.request.RequestSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

class HttpSettingsTest {

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);

  @Test
  void everythingButTheUrlHasADefault() {
    assertThat(MapSettings.url("https://example.org/hook").bind(HttpSettings.class))
        .isEqualTo(
            new HttpSettings(
                "https://example.org/hook",
                "POST",
                "auto",
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                null,
                Map.of(),
                null,
                null,
                null,
                null,
                List.of(),
                new RequestSettings(null, null, null, Map.of(), null, null),
                null,
                null,
                null,
                false,
                List.of()));
  }

  @Test
  void everySettingHasItsName() {
    assertThat(
            MapSettings.url(
                    "http://example.org",
                    "method",
                    "PUT",
                    "version",
                    "2",
                    "timeout",
                    "1m",
                    "connect-timeout",
                    "250ms",
                    "connections",
                    "3",
                    "headers.X-Own",
                    "a b",
                    "proxy",
                    "http://proxy:3128",
                    "ssl-bundle",
                    "partner",
                    "trust-store",
                    "roots.pem",
                    "trust-store-password",
                    "secret",
                    "answer[0].status",
                    "200, 4xx",
                    "answer[0].header.name",
                    "X-Why",
                    "answer[0].header.is",
                    "a",
                    "answer[0].header.contains[0]",
                    "b,c",
                    "answer[0].header.present",
                    "true",
                    "answer[0].body.at",
                    "/ok",
                    "answer[0].body.is",
                    "d,e",
                    "answer[0].body.contains",
                    "f",
                    "answer[0].body.present",
                    "false",
                    "answer[0].outcome",
                    "rejected",
                    "answer[0].refused",
                    "sender",
                    "answer[0].retry-after.header",
                    "X-Wait",
                    "answer[0].retry-after.body",
                    "/wait",
                    "answer[0].retry-after.unit",
                    "milliseconds",
                    "request.method",
                    "PATCH",
                    "request.path",
                    "/a",
                    "request.query",
                    "b=c",
                    "request.headers.X-Room",
                    "{{key}}",
                    "request.body",
                    "[]",
                    "request.content-type",
                    "text/plain",
                    "basic.user",
                    "me",
                    "basic.password",
                    "pass",
                    "oauth2.token-url",
                    "https://a/token",
                    "oauth2.client-id",
                    "id",
                    "oauth2.client-secret",
                    "secret",
                    "oauth2.client-authentication",
                    "form",
                    "oauth2.scope",
                    "a b",
                    "oauth2.parameters.audience",
                    "c",
                    "signature.secrets",
                    "whsec_a,whsk_b",
                    "trace",
                    "true",
                    "allow",
                    "10.0.0.0/8,*.example.org")
                .bind(HttpSettings.class))
        .isEqualTo(
            new HttpSettings(
                "http://example.org",
                "PUT",
                "2",
                Duration.ofMinutes(1),
                Duration.ofMillis(250),
                3,
                Map.of("X-Own", "a b"),
                "http://proxy:3128",
                "partner",
                Path.of("roots.pem"),
                "secret",
                List.of(
                    new AnswerRule(
                        List.of("200", "4xx"),
                        new AnswerRule.Header("X-Why", List.of("a"), List.of("b,c"), true),
                        new AnswerRule.Body("/ok", List.of("d", "e"), List.of("f"), false),
                        AnswerRule.Meaning.REJECTED,
                        AnswerRule.Refusal.SENDER,
                        new AnswerRule.Wait("X-Wait", "/wait", AnswerRule.Unit.MILLISECONDS))),
                new RequestSettings(
                    "PATCH", "/a", "b=c", Map.of("X-Room", "{{key}}"), "[]", "text/plain"),
                new BasicSettings("me", "pass"),
                new OAuth2Settings(
                    "https://a/token",
                    "id",
                    "secret",
                    ClientAuthentication.FORM,
                    "a b",
                    Map.of("audience", "c")),
                new SignatureSettings(List.of("whsec_a", "whsk_b")),
                true,
                List.of("10.0.0.0/8", "*.example.org")));
  }

  @ParameterizedTest
  @CsvSource({
    "http.url, '', http.url: is required",
    "http.url, ftp://example.org, must start with http: or https:",
    "http.url, example.org/hook, must start with http: or https:",
    "http.url, 'http://exa mple', is no valid address",
    "http.url, http:///hook, ",
    "http.url, 'ftp://{{key}}.example.org/', must start with http: or https:",
    "http.url, 'example.org{{key}}', must start with http: or https:",
    "http.url, 'http://example.org/{{key}}', write http.request.path",
    "http.url, 'http://{{key}}/{{payload/a}}', write http.request.path",
    "http.url, 'http://example.org:{{key}}/', has a port that can't be one",
    "http.url, 'http://me:s3cret@{{key}}/', must not hold credentials",
    "http.url, '{{customer}}', {{customer}} is unknown",
    "http.url, '{{{headers.url}}}', values are always escaped here",
    "http.url, '{{headers.url', has a {{ that no }} ends",
    "http.allow, 10.0.0.0/8, goes with an http.url that is a template only",
    "http.url, http://example.org:/hook, names no port behind the colon",
    "http.url, http://me:s3cret@example.org/, must not hold credentials",
    "http.url, http://example.org/#s3cret, must not have a #fragment",
    "http.url, http://example.org:99999/hook, has a port that can't be one; use 1 to 65535",
    "http.url, http://example.org:0/hook, has a port that can't be one",
    "http.url, http://example.org:http/hook, has a port that can't be one",
    "http.url, http://example.org/a b, is no valid address",
    "http.url, http://example.org/%zz, is no valid address",
    "http.url, http://straße.example/, has a letter in the host's name",
    "http.url, http://[::1/, names no host",
    "http.timeout, 25h, must be 1d or less",
    "http.proxy, http://proxy:99999, has a port that can't be one",
    "http.version, 3, 'use auto, 1.1 or 2'",
    "http.method, 'PO ST', is no request method",
    "http.timeout, 0s, must be more than 0",
    "http.connect-timeout, -1s, must be more than 0",
    "http.connections, 0, must be 1 or more",
    "http.proxy, https://proxy, must start with http:",
    "http.headers.Host, s3cret, belongs to the connection",
    "http.headers.Stretto-Fence, s3cret, is set by Stretto",
    "http.headers.X-Own, 's3cret\nb', line break",
    "http.trust-store, missing.pem, missing.pem can't be read",
  })
  void anUnusableValueIsNamedWithTheRemedyAndNotRepeated(
      String property, String value, String problem) {
    MapSettings settings = MapSettings.url("http://example.org/");
    settings.values().put(property, value);
    assertThatThrownBy(() -> type.open("space", settings, 4))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(property + ": ")
        .hasMessageContaining(problem == null ? "" : problem)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void cleartextHttp2AndAProxyExcludeEachOther() {
    assertThatThrownBy(() ->
            type.open(
                "space", MapSettings.url("http://a", "version", "2", "proxy", "http://b:1"), 4))
        .hasMessageStartingWith("http.proxy: can't carry cleartext HTTP/2");
  }

  @Test
  void aTrustStoreWithoutCertificateOrWithAWrongPasswordIsNamed(@TempDir Path folder)
      throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "-----BEGIN CERTIFICATE-----\n");
    assertThatThrownBy(() -> open("trust-store", empty.toString()))
        .hasMessageStartingWith("http.trust-store: ");
    Certificates certificates = Certificates.in(folder);
    assertThatThrownBy(() ->
            open(
                "trust-store", certificates.keyStore().toString(), "trust-store-password", "wrong"))
        .hasMessageStartingWith("http.trust-store: ")
        .hasMessageNotContaining("wrong");
  }

  @Test
  void theTextOfTheSettingsHoldsNoSecret() {
    assertThat(
            MapSettings.url(
                    "http://example.org/s3cret",
                    "headers.A",
                    "s3cret",
                    "trust-store-password",
                    "s3cret",
                    "basic.password",
                    "s3cret",
                    "oauth2.client-secret",
                    "s3cret",
                    "oauth2.parameters.key",
                    "s3cret",
                    "signature.secrets",
                    "s3cret")
                .bind(HttpSettings.class))
        .asString()
        .doesNotContain("s3cret");
  }

  private void open(String... settings) {
    type.open("space", MapSettings.url("https://example.org/", settings), 4).close();
  }

  @ParameterizedTest
  @CsvSource({
    "http://my_container:8080/hook, my_container:8080, http://my_container:8080/hook",
    "https://Example.org, Example.org:443, https://Example.org",
    "http://bücher.example/, xn--bcher-kva.example:80, http://xn--bcher-kva.example/",
    "'http://a/€?q=ü&r=😀', a:80, http://a/%E2%82%AC?q=%C3%BC&r=%F0%9F%98%80",
    "http://a/%20?b=%E2%82%AC+c, a:80, http://a/%20?b=%E2%82%AC+c",
    "http://[::1]:90/, [::1]:90, http://[::1]:90/",
  })
  void anAddressIsTakenAsBrowsersTakeIt(String url, String authority, String sent) {
    HttpSettings settings = MapSettings.url(url).bind(HttpSettings.class);
    assertThat(settings.target().authority()).isEqualTo(authority);
    assertThat(settings.target().uri()).hasToString(sent);
  }

  @ParameterizedTest
  @CsvSource({
    "http://my_container:8080/€?q=ü, my_container:8080,"
        + " http://my_container:8080/%E2%82%AC?q=%C3%BC",
    "http://bücher.example:81/, xn--bcher-kva.example:81, http://xn--bcher-kva.example:81/",
  })
  void aRequestNamesTheHostAsItIsWritten(String url, String authority, String sent)
      throws Exception {
    try (TestProxy proxy = new TestProxy();
        Transport transport =
            type.open("space", MapSettings.url(url, "proxy", proxy.url(), "timeout", "20s"), 4)) {
      Driver.outcomeOf(transport, Driver.call(1));
      assertThat(proxy.requestLines).containsExactly("POST " + sent + " HTTP/1.1");
      assertThat(proxy.hosts).containsExactly(authority);
    }
  }
}
