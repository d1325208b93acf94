package dev.stretto.cli.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.stretto.cli.CommandLineRun;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          jdbc:postgresql://me:geheim@db/stretto | set spring.datasource.username and spring.datasource.password
          jdbc:mariadb://me:geheim@db:3306/x     | set spring.datasource.username and spring.datasource.password
          jdbc:postgres://db/stretto             | did you mean jdbc:postgresql:?
          postgresql://me:geheim@db/stretto      | begins with jdbc:
          jdbc:oracle:thin:@db                   | must begin with jdbc:h2:, jdbc:postgresql: or jdbc:mariadb:
          jdbc:postgresql://db:99999/stretto     | there is no port 99999; the last one is 65535
          jdbc:mariadb://a:1,b:123456789012/x    | there is no port 123456789012
          """)
  void saysWhatIsWrongInOneLine(String url, String said) {
    var result = CommandLineRun.plain(new byte[0], "status", "--spring.datasource.url=" + url);

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .startsWith("stretto: spring.datasource.url: ")
        .contains(said)
        .doesNotContain("geheim")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql:stretto",
        "jdbc:postgresql://[::1]:5432/stretto?user=a@b",
        "jdbc:postgresql://a:1,b:65535/str@tto",
        "jdbc:mariadb://db/x",
        "jdbc:h2:file:./data/a@b",
        "jdbc:h2:tcp://127.0.0.1:9092/stretto"
      })
  void letsPassWhatADriverUnderstands(String url) {
    assertThatCode(() -> DatabaseUrl.check(url)).doesNotThrowAnyException();
  }
}
