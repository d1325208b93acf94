package dev.stretto.cli;

import static dev.stretto.cli.CommandLineRun.lines;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a command logs, and that it is silent where that is asked; a purge at a run's end logs. */
@Tag("slow")
@ExtendWith(OutputCaptureExtension.class)
@Isolated("looks at the output")
class CommandLogTest {

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path folder;
  private final Properties before = (Properties) System.getProperties().clone();
  private CommandLineRun stretto;

  @BeforeEach
  void setUp() throws Exception {
    FreshDatabase fresh = Database.H2.fresh(folder);
    stretto = new CommandLineRun(fresh).with("--stretto.retention=1d");
    stretto.run("status");
    new TestDatabase(fresh)
        .execute(
            """
            insert into outbox_channel (channel, last_position) values ('space', 1)
            """,
            """
            insert into outbox_message (channel, payload, status, queue, position, created_at,
                                        settled_at)
            values ('space', '1', 'DELIVERED', 6, 1, current_timestamp - interval '3' day,
                    current_timestamp - interval '2' day)
            """);
    stretto.run(lines("2"), "append", "--channel", "space");
  }

  /** Spring Boot keeps what the log is like in properties of the JVM, for good. */
  @AfterEach
  void forget() {
    System.setProperties(before);
  }

  @ParameterizedTest
  @CsvSource({
    "ecs, /message, /channel, /run",
    "gelf, /short_message, /_channel, /_run",
    "logstash, /message, /channel, /run",
  })
  void aLineOfJsonHasTheChannelAndTheRun(
      String format, String message, String channel, String run, CapturedOutput console)
      throws Exception {
    Path file = folder.resolve("stretto.log");
    Result result =
        taken()
            .with("--logging.structured.format.console=" + format)
            .with("--logging.structured.format.file=" + format)
            .with("--logging.file.name=" + file)
            .run("dispatch");

    assertThat(result.code()).isZero();
    for (List<String> all : List.of(console.getErr().lines().toList(), Files.readAllLines(file))) {
      List<JsonNode> purged =
          all.stream()
              .filter(line -> line.startsWith("{"))
              .map(JSON::readTree)
              .filter(line -> line.at(message).asString("").contains("purged 1 messages"))
              .toList();
      assertThat(purged).hasSize(1);
      assertThat(purged.getFirst().at(channel).asString()).isEqualTo("space");
      assertThat(purged.getFirst().at(run).asString()).isEqualTo("1");
    }
  }

  @Test
  void withoutSuchASettingItIsTextOnStandardError(CapturedOutput console) {
    taken().run("dispatch");

    assertThat(console.getErr()).containsPattern("T\\S+ INFO  channel space: purged 1 messages");
  }

  @Test
  void aFormatThatNobodyKnowsIsNamed() {
    Result result = taken().with("--logging.structured.format.console=ecz").run("dispatch");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .startsWith("stretto: logging.structured.format.console: ")
        .contains("ecs")
        .hasLineCount(1);
  }

  @Test
  void quietSaysNothingWhereAllWasSentAndLogsIntoTheFileOnly(CapturedOutput console)
      throws Exception {
    Path file = folder.resolve("stretto.log");
    Result result = taken().with("--logging.file.name=" + file).run("dispatch", "--quiet");

    assertThat(result).isEqualTo(new Result(0, "", ""));
    assertThat(console.getErr()).doesNotContain("purged");
    assertThat(file).content().contains("channel space: purged 1 messages");
  }

  @Test
  void quietSaysWhatItWouldHaveSaidWhereNotAllWasDone() {
    stretto
        .with("--stretto.channels.space.http.url=http://127.0.0.1:1/")
        .with("--stretto.channels.space.unavailable.patience=0s");

    Result result = stretto.run("dispatch", "--quiet");

    assertThat(result.code()).isEqualTo(75);
    assertThat(result.out() + result.err()).contains("space").contains("unavailable");
    Result wrong = stretto.run("parked", "show", "nope", "--quiet");
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.err()).contains("nope").hasLineCount(1);
  }

  private CommandLineRun taken() {
    return stretto
        .with("--stretto.channels.space.transport=java")
        .with("--stretto.channels.space.java.class=" + PushedMetricsTest.TakesAll.class.getName());
  }
}
