package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a configuration file may say, and what is done with one that can't be meant. */
class ConfigurationFileTest {

  private static final String CHANNEL =
      """
      stretto:
        channels:
          space:
            transport: http
            http: { url: "https://example.org/" }
      """;

  @TempDir private Path folder;

  @Test
  void aChannelIsReadFromAFile() throws IOException {
    assertThat(refusal(CHANNEL)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "strettto: { channels: { space: { transport: http } } } |"
            + " strettto.channels.space.transport: there is no such property; did you mean"
            + " stretto?",
        "spring.datasource.usrname: me | spring.datasource.usrname: there is no such property; did"
            + " you mean spring.datasource.username?",
        "spring: { datasource: { hikari: { maximum-pol-size: 3 } } } |"
            + " spring.datasource.hikari.maximum-pol-size: there is no such property; did you mean"
            + " spring.datasource.hikari.maximum-pool-size?",
        "spring.main.banner-mode: console | spring.main.banner-mode: there is no such property",
        "spring.resources.add-mappings: true | spring.resources.add-mappings: there is no such",
        "logging.levle.root: INFO | logging.levle.root: there is no such property",
        "debug: true | debug: there is no such property",
        "foo.bar: 1 | foo.bar: there is no such property",
        "stretto.lesae: 3s | stretto.lesae: there is no such property; did you mean lease?",
      })
  void aNameThatNobodyReadsIsRefusedWithTheOneThatWasMeant(String yaml, String problem)
      throws IOException {
    assertThat(refusal(yaml)).startsWith(problem).doesNotContain("secret");
  }

  @Test
  void theFileAndTheLineAreNamed() throws IOException {
    assertThat(refusal("\n\nspring:\n  datasource:\n    usrname: me\n"))
        .endsWith("(" + file() + ", line 5)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "logging.level.dev.stretto: DEBUG",
        "logging: { level: { root: ERROR } }",
        "spring.datasource.hikari.maximumPoolSize: 12",
        "spring.datasource.hikari.data-source-properties: { ApplicationName: x }",
        "spring.flyway.placeholders.anything: x",
        "spring.flyway.locations: [ 'classpath:dev/stretto/database/schema/migration/{vendor}' ]",
        "spring.application.name: me",
        "{ base: info, logging.level.org.example: \"${base}\" }",
        "",
        "# nothing yet",
        "---\n---\n",
      })
  void aNameThatSomebodyReadsIsNot(String yaml) throws IOException {
    assertThat(refusal(yaml)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--foo.bar=1, foo.bar",
    "--strettto.lease=3s, strettto.lease",
    "--spring.datasource.usrname=me, spring.datasource.usrname"
  })
  void theCommandLineIsHeldToTheSame(String option, String named) {
    Result result = new CommandLineRun(folder).with(option).run("status");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .startsWith("stretto: " + named + ": there is no such property")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "'- a\n- b\n', 'line 1: must be properties by their names', not a list",
    "'\n\nhello\n', 'line 3: must be properties by their names', not a single value",
    "'stretto: {}\n---\n- a\n', 'line 3: must be properties by their names', not a list",
    "'stretto:\n\tlease: 3s\n', line 2: , ''",
    "'stretto: { lease: 3s, lease: 4s }', line 1: , lease",
    "'stretto: \u0001', 'is no YAML', ''",
  })
  void aFileThatIsSomethingElseIsNamed(String yaml, String problem, String end) throws IOException {
    assertThat(refusal(yaml)).startsWith(file().toString()).contains(problem).contains(end);
  }

  @Test
  void aFileInAnotherEncodingIsNamed() throws IOException {
    String comment = CHANNEL + "# Grüße\n";

    assertThat(refusal(comment, UTF_8)).isEmpty();
    assertThat(refusal("\uFEFF" + comment, UTF_8)).isEmpty();
    assertThat(refusal(comment, UTF_16))
        .isEqualTo(file() + ": is UTF-16, or no text; save it as UTF-8");
    assertThat(refusal(comment, ISO_8859_1))
        .isEqualTo(
            file()
                + ", line 6: has a letter that is not UTF-8, but perhaps Latin-1; save the file as"
                + " UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.5", "1e2", "0x40", "1:30", "99999999999", "yes", "true"})
  void aWholeNumberIsWhatWasWritten(String window) throws IOException {
    assertThat(refusal(CHANNEL + "      window: " + window + "\n"))
        .isEqualTo("stretto.channels.space.window: must be a whole number, not " + window);
  }

  @ParameterizedTest
  @ValueSource(strings = {"on", "no", "null", "Space2", "my_chan", "a-B"})
  void aChannelsNameIsWhatWasWritten(String name) throws IOException {
    Files.writeString(file(), CHANNEL.replace("space", name));

    Result status = run("status");

    assertThat(status.err()).isEmpty();
    assertThat(status.out()).contains("\n" + name + " ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"b b", "a\"b", "7", "1e3", "a.b"})
  void aNameThatCantBeOneIsNotTakenForAnother(String name) throws IOException {
    assertThat(refusal(CHANNEL.replace("space", "'[" + name + "]'")))
        .startsWith("stretto.channels." + name + ": '" + name + "' can't be a channel's name");
  }

  @Test
  void valuesMayBeSharedBetweenChannels() throws IOException {
    Files.writeString(
        file(),
        """
        stretto:
          channels:
            one: &all
              transport: http
              http: { url: "https://example.org/" }
            two:
              <<: *all
              window: 8
        """);

    assertThat(run("dispatch", "--dry-run").out())
        .contains("one: would send 0 messages over http, ordering start, at most 64 under way")
        .contains("two: would send 0 messages over http, ordering start, at most 8 under way");
  }

  private Path file() {
    return folder.resolve("application.yaml");
  }

  private String refusal(String yaml) throws IOException {
    return refusal(yaml, UTF_8);
  }

  /** What status says of the file, or nothing where it can be used. */
  private String refusal(String yaml, Charset encoding) throws IOException {
    Files.write(file(), yaml.getBytes(encoding));
    Result result = run("status");
    if (result.code() == 0) {
      assertThat(result.err()).isEmpty();
      return "";
    }
    assertThat(result.code()).as(result.err()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("stretto: ").hasLineCount(1);
    return result.err().substring("stretto: ".length()).strip();
  }

  private Result run(String... command) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.add(
        "--spring.config.location=classpath:/dev/stretto/cli/start/,file:" + folder + "/");
    arguments.add("--spring.datasource.url=jdbc:h2:file:" + folder.resolve("stretto"));
    return CommandLineRun.plain(new byte[0], arguments.toArray(String[]::new));
  }
}
