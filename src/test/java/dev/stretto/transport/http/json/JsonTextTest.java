package dev.stretto.transport.http.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.transport.InvalidSettingException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

  private static final String TEXT =
      "{ \"a\": {\"b/c\": [1.50, -2E+3, {\"~\": \"x\\ny\"}, null]}, \"\": true, \"o\": { },"
          + " \"e\": \"\\ud800\", \"a\": 7, \"0\": [ ] }";

  @ParameterizedTest
  @CsvSource({
    "/a/b~1c/0, 1.50, 1.50",
    "/a/b~1c/1, -2E+3, -2E+3",
    "/a/b~1c/2/~0, '\"x\\ny\"', 'x\ny'",
    "/a/b~1c/3, null, null",
    "/, true, true",
    "/o, '{ }', '{ }'",
    "/0, [ ], [ ]",
  })
  void aValueIsFoundAsItStandsThere(String place, String source, String characters)
      throws Exception {
    assertThat(at(TEXT, true, place)).isEqualTo(new JsonText.Value(source, characters));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/b", "/a/b", "/a/b~1c/4", "/a/b~1c/-", "/a/b~1c/00", "/o/x", "//x"})
  void whereThereIsNoValueNoneIsFound(String place) throws Exception {
    assertThat(at(TEXT, true, place)).isNull();
  }

  @Test
  void whatFollowsAValueIsNotNeeded() throws Exception {
    assertThat(at("{\"a\":\"b\",\"c", false, "/a")).isEqualTo(new JsonText.Value("\"b\"", "b"));
    assertThat(at("{\"a\":12,", false, "/a")).isEqualTo(new JsonText.Value("12", "12"));
    assertThat(at("{\"a\":\"b\"", false, "/a")).isEqualTo(new JsonText.Value("\"b\"", "b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"b\":1",
        "{\"b\":1,",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":\"b",
        "{\"a\":[1",
        "{\"a\":tru",
        "<html>",
        "nothing"
      })
  void textThatEndsTooEarlyOrIsNoJsonCannotTell(String text) {
    assertThatThrownBy(() -> at(text, false, "/a"))
        .isInstanceOf(JsonText.UnreadableException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"a\": [1, \"b\"]}', true",
    "' 1 ', true",
    "'\"b\"', true",
    "'', false",
    "'{\"a\": 1} 2', false",
    "'{\"a\": 1', false",
    "'{\"a\": x}', false",
  })
  void textIsJsonWhereItIsOneValue(String text, boolean json) {
    assertThat(new JsonText(text, true).isJson()).isEqualTo(json);
  }

  @Test
  void whatCanBeAppendedCanBeRead() throws Exception {
    String deep = "[".repeat(900) + "]".repeat(900);
    String text =
        "{\"d\":" + deep + ",\"n\":" + "1".repeat(5000) + ",\"" + "a".repeat(60_000) + "\":1}";

    assertThat(new JsonText(text, true).isJson()).isTrue();
    assertThat(at(text, true, "/n")).extracting(JsonText.Value::source).asString().hasSize(5000);
  }

  @Test
  void textThatIsNestedTooDeeplyCannotTell() {
    String text = "[".repeat(100_000);
    assertThatThrownBy(() -> at(text, true, "/0/0"))
        .isInstanceOf(JsonText.UnreadableException.class);
    assertThat(new JsonText(text, true).isJson()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a/b", "/a~", "/a~2", "$.a"})
  void whatIsNoPointerIsNamed(String text) {
    assertThatThrownBy(() -> JsonText.pointer("x.at", text))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("x.at: '" + text + "' is no JSON pointer; write it like");
  }

  private static JsonText.@Nullable Value at(String text, boolean whole, String place)
      throws JsonText.UnreadableException {
    return new JsonText(text, whole).at(JsonText.pointer("at", place));
  }
}
