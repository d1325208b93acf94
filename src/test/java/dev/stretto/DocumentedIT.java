package dev.stretto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs what the documents tell a user to type, as it stands there, in a folder of its own. */
class DocumentedIT {

  private static final String DOCUMENTED_FOLDER = "/srv/stretto";
  private static final String DOCUMENTED_ADDRESS = "https://example.org/hook";

  /** One that a webhook can be signed with, too. */
  private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1u";

  @TempDir private Path folder;
  private String readme = "";
  private String documents = "";
  private Path installed = Path.of("");

  @BeforeEach
  void install() throws Exception {
    readme = Files.readString(Path.of("README.md"), UTF_8);
    documents = readme + Files.readString(Path.of("src/docs/configuration.md"), UTF_8);
    installed = folder.resolve("srv stretto");
    run(example("mkdir -p"));
  }

  @Test
  void theInstalledProgramHasNoChannelUntilOneIsNamed() throws Exception {
    Files.delete(installed.resolve("config/application.yaml"));

    assertThat(run("cd \"" + installed + "\" && bin/stretto dispatch || echo \"code $?\""))
        .contains("no channel is configured", "application.yaml.example", "code 2");
  }

  @Test
  void theFirstStepsSendTwoMessages() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start()) {
      List<String> settings = examples(readme, "yaml").toList();
      assertThat(settings).hasSize(1).first(STRING).contains(DOCUMENTED_ADDRESS);
      Files.writeString(
          installed.resolve("config/application.yaml"),
          settings.getFirst().replace(DOCUMENTED_ADDRESS, receiver.url()));

      assertThat(run(example("append --channel space --file")))
          .contains("appended 2 messages to space");
      assertThat(run(example("--dry-run")))
          .contains("space: would send 2 messages over http", "space: 2 delivered");

      assertThat(receiver.totals().distinct()).isEqualTo(2);
    }
  }

  /** Run by the Maven profile {@code python} only. */
  @Test
  @Tag("python")
  void aFunctionInPythonIsCalledForEachOfItsItems() throws Exception {
    List<String> modules = examples(readme, "python").toList();
    assertThat(modules).hasSize(1);
    Files.writeString(installed.resolve("space.py"), modules.getFirst());

    assertThat(run(example("rooms")))
        .contains("appended 500 messages to rooms", "rooms: 500 delivered");
  }

  @Test
  @Tag("slow")
  void theJsonHasTheFieldsThatAreListed() throws Exception {
    String commands = Files.readString(Path.of("src/docs/commands.md"), UTF_8);
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start()) {
      Files.writeString(
          installed.resolve("config/application.yaml"),
          examples(readme, "yaml")
              .findFirst()
              .orElseThrow()
              .replace(DOCUMENTED_ADDRESS, receiver.url()));

      for (String command :
          List.of("append", "dispatch --dry-run", "dispatch", "runs", "status", "verify")) {
        String options = command.equals("append") ? " --channel space --json" : " --json";
        String json = run("cd \"" + installed + "\" && echo 1 | bin/stretto " + command + options);

        assertThat(all("\"([a-zA-Z]+)\":", json))
            .as(command)
            .containsExactlyInAnyOrderElementsOf(listed(command, commands));
      }
    }
  }

  /** Without those that are there only where something went wrong. */
  private static Set<String> listed(String command, String commands) {
    String row =
        commands
            .lines()
            .filter(line -> line.startsWith("| `" + command + "` | `"))
            .findFirst()
            .orElseThrow();
    Set<String> fields = all("`([a-z][a-zA-Z]+)`", row.substring(command.length() + 4));
    fields.removeAll(Set.of("reason", "earlier", "later"));
    return fields;
  }

  private static Set<String> all(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void theCrontabLineRunsAndLogs() throws Exception {
    String line = example("* * * * *").strip();
    String command = line.replaceFirst("(\\S+\\s+){5}", "");

    assertThat(run(command)).isEmpty();

    assertThat(installed.resolve("log/dispatch.log"))
        .content()
        .contains("space: 0 delivered")
        .doesNotContain("stretto: ");
    assertThat(installed.resolve("data/stretto.mv.db")).exists();
  }

  @Test
  void anUpgradeLeavesAUsersSettingsAlone() throws Exception {
    Path settings = installed.resolve("config/application.yaml");
    String mine = Files.readString(settings).replace("space:", "mine:");
    Files.writeString(settings, mine);

    run(example("mkdir -p"));

    assertThat(settings).hasContent(mine);
    assertThat(run("cd \"" + installed + "\" && bin/stretto status"))
        .contains("\nmine ")
        .doesNotContain("space");
  }

  @Test
  @Tag("slow")
  void theConfigurationIsAcceptedAsItStands() throws Exception {
    List<String> settings =
        examples(documents, "yaml").filter(text -> text.contains("channels:")).toList();
    assertThat(settings).hasSize(4);
    for (String yaml : settings) {
      Files.writeString(installed.resolve("config/application.yaml"), yaml);
      String secrets =
          Pattern.compile("\\$\\{(\\w+)}")
              .matcher(yaml)
              .results()
              .map(variable -> variable.group(1) + "=" + SECRET + " ")
              .distinct()
              .collect(Collectors.joining());

      assertThat(run("cd \"" + installed + "\" && " + secrets + "bin/stretto dispatch --dry-run"))
          .containsPattern("(?m)^(space|slack): would send 0 messages over http");
    }
  }

  /**
   * Of two messages the first is refused; the channel that is told has its turn in the same run.
   */
  @Test
  @Tag("slow")
  void theExampleOfAnAlertTellsAChatThatAMessageWasParked() throws Exception {
    HttpServer destinations =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    AtomicInteger calls = new AtomicInteger();
    List<String> said = new CopyOnWriteArrayList<>();
    destinations.createContext(
        "/hook", call -> answer(call, calls.incrementAndGet() == 1 ? 422 : 200));
    destinations.createContext(
        "/services/",
        call -> {
          said.add(new String(call.getRequestBody().readAllBytes(), UTF_8));
          answer(call, 200);
        });
    destinations.start();
    try {
      String url = "http://127.0.0.1:" + destinations.getAddress().getPort();
      String example =
          examples(documents, "yaml")
              .filter(text -> text.contains("alert:"))
              .findFirst()
              .orElseThrow();
      Files.writeString(
          installed.resolve("config/application.yaml"),
          example
              .replace(DOCUMENTED_ADDRESS, url + "/hook")
              .replace("https://hooks.slack.com", url));
      run(example("append --channel space --file"));

      assertThat(
              run(
                  "cd \""
                      + installed
                      + "\" && SLACK_WEBHOOK=T/B/x bin/stretto dispatch || echo \"code $?\""))
          .contains("space: 1 delivered, 1 parked", "ops: 1 delivered", "code 3");

      assertThat(said)
          .singleElement(STRING)
          .matches("\\{\"text\": \"space: parked 1 message, \\S+ \\(HTTP 422\\)\"}");
    } finally {
      destinations.stop(0);
    }
  }

  private static void answer(HttpExchange call, int status) throws IOException {
    try (call) {
      call.getRequestBody().readAllBytes();
      call.sendResponseHeaders(status, -1);
    }
  }

  @Test
  void everyLineOfTheExampleIsAccepted() throws Exception {
    Path settings = installed.resolve("config/application.yaml");
    String all =
        Files.readString(Path.of("config/application.yaml.example"))
            .replaceAll("(?m)^( *)# ([a-z-]+: .*)$", "$1$2");
    Files.writeString(settings, all);

    assertThat(all).contains("      rate: 50/s").contains("  retention: 30d");
    assertThat(run("cd \"" + installed + "\" && SPACE_TOKEN=x bin/stretto dispatch --dry-run"))
        .contains("space: would send 0 messages over http, ordering start, at most 64 under way");
  }

  /** The README's one example for a shell that has the text in it. */
  private String example(String text) {
    List<String> found =
        Stream.concat(examples(readme, "sh"), examples(readme, ""))
            .filter(one -> one.contains(text))
            .toList();
    assertThat(found).as(text).hasSize(1);
    return found.getFirst();
  }

  /** The text of the blocks that are marked with the language, or with none. */
  private static Stream<String> examples(String document, String language) {
    String[] parts = document.split("(?m)^```");
    return IntStream.range(0, parts.length)
        .filter(part -> part % 2 == 1 && parts[part].startsWith(language + "\n"))
        .mapToObj(part -> parts[part].substring(language.length() + 1));
  }

  /** Runs it as cron would, but with the folder that is documented elsewhere. */
  private String run(String documented) throws IOException, InterruptedException {
    String script = documented.replace(DOCUMENTED_FOLDER, "\"" + installed + "\"");
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", "-ec", script)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("STRETTO_JAVA_HOME", System.getProperty("java.home"));
    Process shell = builder.start();
    try {
      assertThat(shell.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      shell.destroyForcibly();
    }
    String said = Files.readString(output);
    assertThat(shell.exitValue()).as(said).isZero();
    return said;
  }
}
