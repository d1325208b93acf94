package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dashboard, the alert rules and the document name metrics that the command writes. */
class MonitoringFilesTest {

  private static final Path DASHBOARD = Path.of("config/grafana-dashboard.json");
  private static final Path RULES = Path.of("config/prometheus-rules.yaml");
  private static final Path DOCUMENT = Path.of("src/docs/operations.md");
  private static final Pattern METRIC = Pattern.compile("\\bstretto_[a-z_]*[a-z]\\b");

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path folder;

  @Test
  void nameMetricsThatTheCommandWrites() throws Exception {
    Set<String> written = written();

    assertThat(written).hasSizeGreaterThan(10);
    assertThat(written).containsAll(names(String.join("\n", expressions())));
    assertThat(written).containsAll(names(String.join("\n", queries())));
    assertThat(monitoring()).as("the document").isEqualTo(written);
  }

  @Test
  void everyRuleSaysWhatItIsAboutAndEveryPanelWhereItIs() throws IOException {
    assertThat(rules())
        .isNotEmpty()
        .allSatisfy(rule -> {
          assertThat(rule.path("alert").asString()).startsWith("Stretto");
          assertThat(rule.path("labels").path("severity").asString()).matches("warning|critical");
          assertThat(rule.path("annotations").path("summary").asString()).isNotEmpty();
          assertThat(rule.path("annotations").path("description").asString()).contains("`stretto ");
        });
    assertThat(dashboard().path("panels").values())
        .isNotEmpty()
        .allSatisfy(panel -> {
          assertThat(panel.path("title").asString()).isNotEmpty();
          assertThat(panel.path("gridPos").path("w").asInt()).isPositive();
          assertThat(panel.path("targets").values()).isNotEmpty();
        });
    assertThat(dashboard().path("uid").asString()).isEqualTo("stretto");
  }

  /** Of a channel of which everything there may be is known: the others' metrics are missing. */
  private Set<String> written() throws SQLException {
    FreshDatabase fresh = Database.H2.migrated(folder);
    CommandLineRun stretto =
        new CommandLineRun(fresh)
            .with("--stretto.channels.space.http.url=http://127.0.0.1:1/")
            .with("--stretto.channels.space.unavailable.patience=0s");
    stretto.run(CommandLineRun.lines("1"), "append", "--channel", "space");
    stretto.run("dispatch");
    new TestDatabase(fresh)
        .execute(
            """
            insert into outbox_message (channel, payload, status, queue, position, settled_at)
            values ('space', '1', 'DELIVERED', 6, 7, current_timestamp)
            """,
            """
            update outbox_channel set gate_closed_until = current_timestamp + interval '5' minute
            """);
    return stretto
        .run("metrics")
        .out()
        .lines()
        .filter(line -> line.startsWith("# TYPE "))
        .map(line -> line.split(" ", -1)[2])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> names(String text) {
    return METRIC
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> monitoring() throws IOException {
    String text = Files.readString(DOCUMENT);
    return names(
        text.substring(text.indexOf("## Monitoring"), text.indexOf("### Meters of a run")));
  }

  private static List<String> expressions() throws IOException {
    return rules().stream().map(rule -> rule.path("expr").asString()).toList();
  }

  private static List<JsonNode> rules() throws IOException {
    Object read = new Yaml().load(Files.readString(RULES));
    return JSON.valueToTree(read)
        .path("groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream())
        .toList();
  }

  private static List<String> queries() throws IOException {
    List<String> queries = new ArrayList<>();
    Consumer<JsonNode> note = node -> queries.add(node.toString());
    dashboard().findValues("expr").forEach(note);
    dashboard().path("templating").findValues("query").forEach(note);
    return queries;
  }

  private static JsonNode dashboard() throws IOException {
    return JSON.readTree(Files.readString(DASHBOARD));
  }
}
