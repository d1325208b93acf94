package dev.stretto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs what the README tells a user to type, as it stands there, in a folder of the test's own. */
class DocumentedIT {

  private static final String DOCUMENTED_FOLDER = "/srv/stretto";

  @TempDir private Path folder;
  private String readme = "";
  private Path installed = Path.of("");

  @BeforeEach
  void install() throws Exception {
    readme = Files.readString(Path.of("README.md"), UTF_8);
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
  void theFirstStepsRun() throws Exception {
    Files.writeString(folder.resolve("messages.ndjson"), "1\n2\n");
    String steps =
        example("append --channel space --file")
            .replace("target/stretto", "'" + installed + "'")
            .replace("$stretto", "\"$stretto\"")
            .replace("dispatch", "dispatch --dry-run"); // the example's destination is nowhere

    assertThat(run("cd \"" + folder + "\"\n" + steps))
        .contains("appended 2 messages to space", "space: would send 2 messages over http");
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
  void theConfigurationIsAcceptedAsItStands() throws Exception {
    for (String yaml : examples("yaml").filter(text -> text.contains("channels:")).toList()) {
      Files.writeString(installed.resolve("config/application.yaml"), yaml);

      assertThat(run("cd \"" + installed + "\" && SPACE_TOKEN=x bin/stretto dispatch --dry-run"))
          .contains("space: would send 0 messages over http");
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

  /** The one example for a shell that has the text in it. */
  private String example(String text) {
    List<String> found =
        Stream.concat(examples("sh"), examples("")).filter(one -> one.contains(text)).toList();
    assertThat(found).as(text).hasSize(1);
    return found.getFirst();
  }

  /** The text of the blocks that are marked with the language, or with none. */
  private Stream<String> examples(String language) {
    String[] parts = readme.split("(?m)^```");
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
