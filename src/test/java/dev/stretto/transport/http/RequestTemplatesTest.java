package dev.stretto.transport.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.net.URLDecoder;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code http.request} makes of messages, as a real server sees it. */
class RequestTemplatesTest {

  private static final JsonMapper JSON = new JsonMapper();

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);

  private final MapSettings settings = MapSettings.url("http://example.org/");

  private Map<String, String> headers = Map.of();
  private @Nullable String key = "k";
  private String contentType = "application/json";

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "2"})
  void everyPartOfARequestCanBeATemplate(String version) throws Exception {
    template("method", "{{headers.verb}}");
    template("path", "/rooms/{{key}}/{{position}}");
    template("query", "text={{payload/text}}&id={{id}}");
    template("headers.X-Room", "room {{payload/room/0}}");
    template("body", "{\"text\":\"{{payload/text}}\",\"all\":{{{payload}}},\"n\":{{{position}}}}");
    template("content-type", "application/vnd.x+json; charset=utf-8");
    settings.put("version", version);
    headers = Map.of("Verb", "PATCH");
    String payload = "{\"text\":\"a b\", \"room\": [1.50]}";

    ScriptedServer.Seen seen = sent(payload);

    assertThat(seen.method()).isEqualTo("PATCH");
    assertThat(seen.pathQuery())
        .isEqualTo(
            "/base/rooms/k/17?a=1&text=a%20b&id=" + Driver.message(17, "", headers).messageId());
    assertThat(seen.header("X-Room")).isEqualTo("room 1.50");
    assertThat(seen.header("Content-Type")).isEqualTo("application/vnd.x+json; charset=utf-8");
    assertThat(seen.header("Idempotency-Key")).isNotNull();
    assertThat(text(seen)).isEqualTo("{\"text\":\"a b\",\"all\":" + payload + ",\"n\":17}");
  }

  @Test
  void whatHasNoTemplateGoesAsItIs() throws Exception {
    template("query", "k={{key}}");
    settings.put("method", "PUT");
    String payload = "{ \"text\" : \"naïve – 𝄞\",\r\n\t\"x\":1.0 }\n";

    ScriptedServer.Seen seen = sent(payload);

    assertThat(seen.method()).isEqualTo("PUT");
    assertThat(seen.pathQuery()).isEqualTo("/base?a=1&k=k");
    assertThat(seen.header("Content-Type")).isEqualTo("application/json");
    assertThat(seen.body()).isEqualTo(payload.getBytes(UTF_8));
  }

  @Test
  void aMessagesOwnHeaderReplacesThatOfATemplateWhichReplacesTheConfiguredOne() throws Exception {
    settings.put("headers.X-A", "configured").put("headers.X-B", "configured");
    template("headers.X-A", "{{key}}");
    template("headers.X-B", "{{key}}");
    headers = Map.of("X-B", "mine");

    ScriptedServer.Seen seen = sent("{}");

    assertThat(seen.headers().getValuesList("X-A")).containsExactly("k");
    assertThat(seen.headers().getValuesList("X-B")).containsExactly("mine");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"",
        "\\",
        "\\\"",
        "a\r\nX-Evil: 1",
        "../",
        "a/b",
        "?x=1",
        "#x",
        "%2e%2e",
        "%",
        "&a=b",
        "+ ;=",
        "</text>",
        "<!--",
        "]]>",
        "&amp;",
        "'",
        "{{key}}",
        "{{{id}}}",
        "naïve – 𝄞",
        "😀",
        "\u0000",
        "\u007F",
        "\u2028",
        "\uFEFF",
        "${HOME}",
        "\t"
      })
  void noValueEscapesFromItsPlace(String value) throws Exception {
    boolean inPath = !value.startsWith("..") && value.chars().noneMatch(c -> c < ' ' || c == 0x7F);
    boolean inXml = !value.contains("\u0000");
    String payload = JSON.writeValueAsString(Map.of("text", value));
    template("query", "before={{payload/text}}&after=1");
    if (inPath) {
      template("path", "/before/{{payload/text}}/after");
    }

    template("body", "{\"a\":{\"text\":\"{{payload/text}}\",\"raw\":{{{payload/text}}}},\"b\":1}");
    ScriptedServer.Seen seen = sent(payload);
    String[] parts = seen.pathQuery().split("\\?", -1);
    assertThat(parts).hasSize(2);
    assertThat(parts[1]).matches("a=1&before=[\\w.~%-]*&after=1");
    assertThat(URLDecoder.decode(parts[1].split("&")[1], UTF_8)).isEqualTo("before=" + value);
    if (inPath) {
      assertThat(parts[0]).matches("/base/before/[\\w.~%-]+/after");
      assertThat(URLDecoder.decode(parts[0], UTF_8)).isEqualTo("/base/before/" + value + "/after");
    }
    JsonNode json = JSON.readTree(seen.body());
    assertThat(json.at("/a/text").asString()).isEqualTo(value);
    assertThat(json.at("/a/raw").asString()).isEqualTo(value);
    assertThat(json.at("/b").asInt()).isEqualTo(1);
    assertThat(json.size()).isEqualTo(2);

    template("content-type", "application/x-www-form-urlencoded");
    template("body", "before={{payload/text}}&after=1");
    String[] form = text(sent(payload)).split("&");
    assertThat(form).hasSize(2);
    assertThat(URLDecoder.decode(form[0], UTF_8)).isEqualTo("before=" + value);

    template("content-type", "text/xml");
    template("body", "<a b=\"{{payload/text}}\">{{payload/text}}</a>");
    if (!inXml) {
      assertThat(refused(payload))
          .isEqualTo("http.request.body: {{payload/text}} has a character that XML can't hold");
    } else {
      String xml = text(sent(payload));
      assertThat(xml).matches("<a b=\"[^\"<>\\t\\n\\r]*\">[^<>]*</a>");
      assertThat(unescaped(xml)).isEqualTo("<a b=\"" + value + "\">" + value + "</a>");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nX-Evil: 1", "a\nb", "a\u0000", "\u007F", "€", "😀"})
  void aHeaderThatCannotHoldAValueParksTheMessage(String value) throws Exception {
    template("headers.X-Text", "{{payload/text}}");

    assertThat(refused(JSON.writeValueAsString(Map.of("text", value))))
        .startsWith("http.request.headers.X-Text: has a line break or a character beyond Latin-1")
        .doesNotContain(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PO ST", "", "CONNECT", "POST / HTTP/1.1\r\n"})
  void whatIsNoMethodParksTheMessage(String value) throws Exception {
    template("method", "{{payload/text}}");

    assertThat(refused(JSON.writeValueAsString(Map.of("text", value))))
        .startsWith("http.request.method: is no request method");
  }

  @ParameterizedTest
  @CsvSource({
    "'', is empty",
    ".., has '.' or '..'",
    "., has '.' or '..'",
    "../x, has '.' or '..'",
    "x/../y, has '.' or '..'",
    "'..\\x', has '.' or '..'",
    "'a\r\nb', has a control character",
    "'\u0000', has a control character",
  })
  void aValueThatWouldLeadToAnotherPathParksTheMessage(String value, String problem)
      throws Exception {
    template("path", "/rooms/{{payload/text}}/messages");

    assertThat(refused(JSON.writeValueAsString(Map.of("text", value))))
        .startsWith("http.request.path: {{payload/text}} " + problem);
  }

  @Test
  void partsThatAreHarmlessAloneLeadToNoOtherPathTogether() throws Exception {
    template("path", "/rooms/.{{key}}/messages");
    key = ".";

    assertThat(refused("{}")).startsWith("http.request.path: ");
    key = "a.";
    assertThat(sent("{}").pathQuery()).isEqualTo("/base/rooms/.a./messages?a=1");
  }

  @ParameterizedTest
  @CsvSource({
    "path, /{{key}}",
    "query, k={{headers.X-None}}",
    "headers.X-Room, {{payload/room}}",
    "body, '{\"a\":\"{{payload/list/3}}\"}'",
    "body, '{\"a\":{{{payload/room}}}}'",
    "body, '{\"a\":\"{{payload/text/deep}}\"}'",
  })
  void aMissingValueParksTheMessageWithItsNameAndNothingLeaves(String part, String template)
      throws Exception {
    template(part, template);
    template("headers.X-Fine", "{{id}}");
    key = null;
    String name = template.replaceAll(".*?\\{\\{\\{?(.*?)}}.*", "$1");

    assertThat(refused("{\"text\":\"a\",\"list\":[1,2,3]}"))
        .isEqualTo("http.request." + part + ": {{" + name + "}} is missing in the message");
  }

  @ParameterizedTest
  @CsvSource({
    "path, /{{payload/a}}, is null",
    "headers.X-Room, {{payload/a}}, is null",
    "body, '{\"a\":\"{{payload/a}}\"}', is null",
    "query, a={{payload/half}}, has half a character",
  })
  void aValueThatSaysNothingParksTheMessage(String part, String template, String problem)
      throws Exception {
    template(part, template);

    assertThat(refused("{\"a\":null,\"half\":\"\\ud800\"}")).endsWith("}} " + problem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hello", "", "{\"text\":", "{\"text\":\"a\"} {}"})
  void aPayloadThatIsNoJsonHasNoValuesInIt(String payload) throws Exception {
    template("body", "{\"text\":\"{{payload}}\",\"a\":\"{{payload/none}}\"}");

    assertThat(refused(payload))
        .isEqualTo("http.request.body: {{payload}} can't be read: the payload is no JSON");
    template("body", "{\"a\":\"{{payload/none}}\"}");
    assertThat(refused(payload)).startsWith("http.request.body: {{payload/none}} ");
  }

  @Test
  void aPayloadOfAnotherTypeIsText() throws Exception {
    template("body", "{\"text\":\"{{payload}}\",\"raw\":{{{payload}}}}");
    contentType = "text/plain";

    assertThat(text(sent("say \"{}\"\n")))
        .isEqualTo("{\"text\":\"say \\\"{}\\\"\\n\",\"raw\":\"say \\\"{}\\\"\\n\"}");
  }

  @Test
  void whatThePayloadSaysComesAsItStandsThere() throws Exception {
    template(
        "body",
        "[{{{payload/n}}}, {{{payload/o}}}, {{{payload/s}}}, {{{payload/z}}}, \"{{payload/o}}\","
            + " \"{{payload/s}}\", \"{{payload/n}}\"]");

    assertThat(text(sent("{\"n\":1.50E+3,\"o\":{ \"a\":[1] },\"s\":\"\\u00e9\\/\",\"z\":null}")))
        .isEqualTo(
            "[1.50E+3, { \"a\":[1] }, \"\\u00e9\\/\", null, \"{ \\\"a\\\":[1] }\","
                + " \"\\u00e9\\/\", \"1.50E+3\"]");
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"to\":\"a\"}', '{\"text\":\"t\",\"to\":\"a\"}'",
    "'{\"to\":null}', '{\"text\":\"t\"}'",
    "'{\"to\":false}', '{\"text\":\"t\"}'",
    "'{}', '{\"text\":\"t\"}'",
  })
  void aSectionIsLeftOutWhereThereIsNoValue(String payload, String body) throws Exception {
    template("body", "{\"text\":\"t\"{{#payload/to}},\"to\":\"{{payload/to}}\"{{/payload/to}}}");

    assertThat(text(sent(payload))).isEqualTo(body);
  }

  @Test
  void aBodyThatIsNoJsonOnceItIsFilledInIsNotSent() throws Exception {
    template("body", "{\"text\":\"t\"{{^payload/to}},{{/payload/to}}}");

    assertThat(refused("{}")).startsWith("http.request.body: is no JSON once it is filled in");
  }

  @Test
  void plainTextIsNotEscaped() throws Exception {
    template("content-type", "text/plain");
    template("body", "{{payload/text}} & {{key}}\n");

    assertThat(text(sent("{\"text\":\"<a>\\n\"}"))).isEqualTo("<a>\n & k\n");
  }

  @Test
  void theReasonShowsNoSecretOfATemplate() throws Exception {
    template("path", "/s3cr3t-path/{{key}}");
    template("query", "token=s3cr3t-query&k={{key}}");
    template("headers.X-Token", "Bearer s3cr3t-token{{key}}");
    String body = "no: s3cr3t-path s3cr3t-query s3cr3t-tokenk";
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(400, body));
        Transport transport = open(server)) {
      assertThat(Driver.outcomeOf(transport, call("{}")))
          .isEqualTo(new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP 400: no: *** *** ***k"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "path, rooms/{{key}}, must begin with /",
    "path, /a?b={{key}}, must have no ?",
    "path, /a#b, has a character that an address can't have",
    "path, /a b, has a character that an address can't have",
    "path, /a%zz, has a character that an address can't have",
    "path, '/a[1]', must have no [",
    "path, /../{{key}}, has '.' or '..' between slashes",
    "path, /%2e%2E/a, has '.' or '..' between slashes",
    "path, /{{{key}}}, 'must not have {{{…}}}'",
    "path, /{{& key}}, 'must not have {{{…}}}'",
    "query, 'a=<%key%>', has a character that an address can't have",
    "query, '{{=<% %>=}}a=<%&key%>', must not change what tags begin with",
    "headers.X-A.body, {{{key}}}, 'must not have {{{…}}}'",
    "headers.Host, {{key}}, belongs to the connection",
    "headers.Content-Type, {{key}}, content type",
    "headers.X-A, 'a\n{{key}}', has a line break",
    "method, 'A {{key}}', is no request method",
    "body, {{txt}}, {{txt}} is unknown; use id",
    "body, {{.}}, {{.}} is unknown",
    "body, {{payload.text}}, is unknown",
    "body, {{payload/~x}}, is unknown",
    "body, {{> other}}, there are no other templates",
    "body, {{$ block}}{{/ block}}, there are no other templates",
    "body, {{key, has a {{ that no }} ends",
    "body, {{#key}}, is no template",
    "body, {{}}, is no template",
    "body, '{\"a\":{{payload/a}}}', is no JSON once it is filled in",
    "body, '{\"a\":\"{{{payload/a}}}\"}', is no JSON once it is filled in",
    "content-type, text/plain, goes with http.request.body only",
  })
  void aTemplateThatCannotBeMeantIsNamedAtTheStart(String part, String text, String problem) {
    template(part, text);

    assertThatThrownBy(() -> type.open("space", settings, 4))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("http.request." + part + ": ")
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"image/png", "json", "", "text/plain; charset=iso-8859-1", "text/csv"})
  void aTypeWithoutAKnownEscapeIsRefused(String contentType) {
    template("body", "x");
    template("content-type", contentType);

    assertThatThrownBy(() -> type.open("space", settings, 4))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("http.request.content-type: ");
  }

  private void template(String part, String text) {
    settings.put("request." + part, text);
  }

  private ScriptedServer.Seen sent(String payload) throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport = open(server)) {
      assertThat(Driver.outcomeOf(transport, call(payload))).isEqualTo(new Outcome.Delivered());
      assertThat(server.seen).hasSize(1);
      return server.seen.remove();
    }
  }

  /** Why; nothing has left. */
  private String refused(String payload) throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport = open(server)) {
      Outcome outcome = Driver.outcomeOf(transport, call(payload));
      assertThat(server.begun).hasValue(0);
      assertThat(outcome)
          .asInstanceOf(type(Outcome.Rejected.class))
          .satisfies(
              rejected -> assertThat(rejected.refused()).isEqualTo(Outcome.Refused.UNSENDABLE));
      return ((Outcome.Rejected) outcome).reason();
    }
  }

  private Call call(String payload) {
    String id = Driver.message(17, "", headers).messageId();
    return new Call(new Message(17, "space", 17, id, key, contentType, headers, payload, 0), 1, 42);
  }

  private Transport open(ScriptedServer server) {
    return type.open("space", settings.put("url", server.url("http", "/base?a=1")), 4);
  }

  private static String text(ScriptedServer.Seen seen) {
    return new String(seen.body(), UTF_8);
  }

  private static String unescaped(String markup) {
    return markup
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#9;", "\t")
        .replace("&#10;", "\n")
        .replace("&#13;", "\r")
        .replace("&amp;", "&");
  }
}
