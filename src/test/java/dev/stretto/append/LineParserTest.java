package dev.stretto.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineParserTest {

  private final LineParser parser =
      new LineParser(new NewMessage.Defaults("k", "application/json"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        " {\"b\" : 1.0,\"a\":[ 1e5, -0, null ] } ",
        "\"text\"",
        "12",
        "true",
        "null",
        "{\"a\":1,\"a\":2}",
        "\"\\u0000 \\ud800\"",
        "123456789012345678901234567890.1234567890"
      })
  void thePayloadIsTheLineAsItIs(String line) {
    assertThat(parser.plain(line, 1))
        .isEqualTo(new NewMessage(null, "k", "application/json", null, line));
  }

  @Test
  void aNumberMayBeAsLongAsALine() {
    String number = "1".repeat(5_000);

    assertThat(parser.plain(number, 1).payload()).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"a\"}",
        "{\"a\":1,}",
        "[1,]",
        "01",
        "+1",
        "NaN",
        "'a'",
        "a",
        "\"a",
        "\"a\tb\"",
        "tru",
        "\uFEFF1",
        "{} {}",
        "1 2",
        "{}x",
        "[1]]",
        "// no\n1",
        "\"\\x\"",
        "-"
      })
  void whatIsNotOneJsonValueIsRefused(String line) {
    assertThatThrownBy(() -> parser.plain(line, 17))
        .isInstanceOf(BadLineException.class)
        .hasMessageStartingWith("line 17: ")
        .hasMessageNotContaining("Source")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"b\" : 1.0,\"a\":[ 1e5, {\"x\":null} ] }",
        "\"te\\u0041xt\"",
        "12",
        "-1.50e+3",
        "true",
        "null",
        "[]",
        "\"\u20ac \uD83D\uDE00\""
      })
  void anEnvelopesPayloadIsCutOutAsItIs(String payload) {
    String first = "{\"payload\" :  " + payload + " , \"key\":\"x\"}";
    String last = "{\"key\":\"\u20ac\",\"payload\":" + payload + "}";

    assertThat(parser.envelope(first, 1).payload()).isEqualTo(payload);
    assertThat(parser.envelope(last, 1).payload()).isEqualTo(payload);
  }

  @Test
  void aLongPayloadIsCutOutAsItIs() {
    String payload = "{\"a\": [ " + "\"\u20acuro\", ".repeat(50_000) + "1 ] }";

    assertThat(parser.envelope("{\"key\":\"k\", \"payload\": " + payload + "  }", 1).payload())
        .isEqualTo(payload);
  }

  @Test
  void anEnvelopeSaysMoreThanItsPayload() {
    NewMessage message =
        parser.envelope(
            "{\"payload\":1,\"key\":\"K\",\"messageId\":\"m-1\",\"contentType\":\"text/plain\","
                + "\"headers\": {\"X-A\": \"\\u0041\"}}",
            1);

    assertThat(message)
        .isEqualTo(new NewMessage("m-1", "K", "text/plain", "{\"X-A\": \"\\u0041\"}", "1"));
  }

  @Test
  void whatAnEnvelopeLeavesOutHasItsDefault() {
    assertThat(
            parser.envelope(
                "{\"payload\":1,\"key\":null,\"messageId\":null,\"headers\":{},\"contentType\":null}",
                1))
        .isEqualTo(new NewMessage(null, "k", "application/json", null, "1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[1] | an envelope is an object with a field payload, not an array; give each a line of its"
            + " own",
        "{} | the envelope has no payload",
        "{\"payload\":1,\"id\":\"x\"} | unknown field id; an envelope has payload, key, messageId,"
            + " headers, contentType",
        "{\"payload\":1,\"payload\":2} | payload is given twice",
        "{\"payload\":1,\"key\":5} | key must be a string",
        "{\"payload\":1,\"key\":\"\"} | key must not be empty",
        "{\"payload\":1,\"key\":\"\\ud800\"} | key has a character that can't be stored",
        "{\"payload\":1,\"messageId\":\" a\"} | messageId must not begin or end with a blank, which"
            + " gets lost on the way",
        "{\"payload\":1,\"contentType\":\" \"} | contentType must not begin or end with a blank,"
            + " which gets lost on the way",
        "{\"payload\":1,\"messageId\":\"a\\nb\"} | messageId has a character that can't be stored",
        "{\"payload\":1,\"messageId\":\"\u00e4\"} | messageId has a character that is not ASCII",
        "{\"payload\":1,\"headers\":[]} | headers must be an object of strings",
        "{\"payload\":1,\"headers\":{\"a\":1}} | headers: a must be a string",
        "{\"payload\":1,\"headers\":{\"a b\":\"1\"}} | headers: the name of a header has a"
            + " character that is not allowed there",
        "{\"payload\":1,\"headers\":{\"a\":\"1\",\"A\":\"2\"}} | headers: A is given twice",
        "{\"payload\":1,\"headers\":{\"a\":\"x\\r\\nEvil: 1\"}} | headers: a has a control"
            + " character",
        "{\"payload\":1} {} | more than one JSON value; give each a line of its own",
      })
  void aBadEnvelopeIsRefused(String line, String problem) {
    assertThatThrownBy(() -> parser.envelope(line, 3))
        .isInstanceOf(BadLineException.class)
        .hasMessage("line 3: " + problem);
  }

  @Test
  void anEnvelopesFieldsHaveALength() {
    assertThatThrownBy(
            () -> parser.envelope("{\"payload\":1,\"key\":\"" + "x".repeat(201) + "\"}", 1))
        .hasMessage("line 1: key is longer than 200 characters");
    assertThatThrownBy(() ->
            parser.envelope("{\"payload\":1,\"headers\":{\"a\":\"" + "x".repeat(8000) + "\"}}", 1))
        .hasMessage("line 1: headers are longer than 8,000 characters");
  }
}
