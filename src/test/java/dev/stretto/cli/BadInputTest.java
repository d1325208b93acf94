package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes on the command line and in the configuration; {@code BadInputIT} has some in a JVM. */
class BadInputTest {

  private static final String SPACE = "--stretto.channels.space.";

  @TempDir private Path folder;

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("nowhere", "dispatch", "--channel", "nowhere"),
        mistake("nowhere", "append", "--channel", "nowhere"),
        mistake("--frobnicate", "dispatch", "--frobnicate"),
        mistake("frobnicate", "frobnicate"),
        mistake("channels.space.http.url: ", "dispatch", SPACE + "http.url=localhost:1/hook"),
        mistake("channels.space.http.url: ", "dispatch", SPACE + "http.url=//localhost/hook"),
        mistake("channels.space.http.url: ", "dispatch", SPACE + "http.url=http://localhost:/"),
        mistake("channels.space.http.method: ", "dispatch", SPACE + "http.method=PO ST"),
        mistake("space.window", "dispatch", SPACE + "window=0"),
        mistake("--window", "dispatch", "--window", "0"),
        mistake("--window", "dispatch", "--window", "many"),
        mistake("--limit", "dispatch", "--limit", "0"),
        mistake("--rate", "dispatch", "--rate", "fast"),
        mistake("--rate", "dispatch", "--rate", "0/s"),
        mistake("space.rate", "dispatch", SPACE + "rate=fast"),
        mistake("--for", "dispatch", "--for", "5x"),
        mistake("--for", "dispatch", "--for", "-1s"),
        mistake("--ordering", "dispatch", "--ordering", "random"),
        mistake("windwo", "status", SPACE + "windwo=8"),
        mistake("stretto.lease", "dispatch", "--stretto.lease=10ms"),
        mistake("stretto.lease", "dispatch", "--stretto.lease=10"),
        mistake("stretto.lease", "dispatch", "--stretto.lease=25d"),
        mistake("stretto.memory", "dispatch", "--stretto.memory=1KB"),
        mistake("stretto.memory", "dispatch", "--stretto.memory=lots"));
  }

  private static Arguments mistake(String named, String... command) {
    return Arguments.of(named, List.of(command));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void isNamedOnOneLine(String named, List<String> command) {
    List<String> arguments = new ArrayList<>(command);
    arguments.add("--spring.config.location=classpath:/dev/stretto/cli/start/");
    arguments.add("--spring.datasource.url=jdbc:h2:file:" + folder.resolve("stretto"));
    arguments.add(SPACE + "transport=http");
    if (command.stream().noneMatch(argument -> argument.contains("http.url"))) {
      arguments.add(SPACE + "http.url=http://127.0.0.1:1/");
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();

    int code =
        new CommandLineMain(
                new ByteArrayInputStream("".getBytes(UTF_8)),
                new PrintWriter(out),
                new PrintWriter(err))
            .run(arguments.toArray(String[]::new));

    assertThat(code).as(err.toString()).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("stretto: ").contains(named);
  }
}
