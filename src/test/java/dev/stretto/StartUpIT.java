package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command loads, which is most of what it takes to start. */
class StartUpIT {

  @TempDir private Path folder;
  private Path classes;
  private Shell shell;

  @BeforeEach
  void configure() throws IOException {
    classes = folder.resolve("classes");
    shell = new Shell(folder);
    shell.configureSpace("http://127.0.0.1:9/");
  }

  @AfterEach
  void close() {
    shell.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "dispatch --help", "dispatch --no-such-option"})
  void whatIsAboutTheCommandLineLoadsNeitherContainerNorDatabaseNorLogging(String arguments)
      throws Exception {
    shell.notingClasses(classes).run(arguments.split(" "));

    assertThat(loaded("dev.stretto.cli.CommandLineMain")).isNotEmpty();
    assertThat(
            loaded(
                "org.springframework.boot.",
                "org.springframework.context.",
                "org.springframework.beans.",
                "org.h2.",
                "ch.qos.logback.",
                "org.slf4j.",
                "com.zaxxer.hikari.",
                "org.flywaydb.",
                "io.micrometer.",
                "io.prometheus.",
                "org.eclipse.jetty."))
        .isEmpty();
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void aDispatchThatFindsNothingMakesNoBeansAndLeavesNoTrace() throws Exception {
    shell.run("status").exited(0);

    var result = shell.notingClasses(classes).run("dispatch", "--json").exited(0).json();

    assertThat(result.path("status").asString()).isEqualTo("COMPLETED");
    assertThat(result.path("run").isNull()).isTrue();
    assertThat(loaded("org.h2.engine.SessionLocal")).isNotEmpty();
    assertThat(
            loaded(
                "com.zaxxer.hikari.",
                "org.flywaydb.core.Flyway ",
                "org.springframework.batch.core.repository.",
                "org.springframework.context.annotation.ConfigurationClassParser",
                "org.eclipse.jetty.http2.",
                "org.eclipse.jetty.client.HttpClient "))
        .isEmpty();
    assertThat(shell.executions()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "status"})
  void jarsOfAUsersOwnLeaveTheCacheInUse(String command) throws Exception {
    Path home = Shell.copyOfTheDistribution(folder.resolve("home"));
    Path jar = home.resolve("plugins/of-mine.jar");
    try (var file = new JarOutputStream(Files.newOutputStream(jar))) {
      file.putNextEntry(new JarEntry("of-mine"));
    }

    try (Shell copy = new Shell(folder, home)) {
      copy.with("-Xlog:class+load:file=" + classes).run(command).exited(0);
    }

    assertThat(loaded("dev.stretto.cli.CommandLineMain "))
        .singleElement()
        .asString()
        .contains("shared objects file");
  }

  private List<String> loaded(String... prefixes) throws IOException {
    try (var lines = Files.lines(classes)) {
      return lines
          .map(line -> line.replaceFirst("^(\\[[^]]*])+ ", ""))
          .filter(line -> List.of(prefixes).stream().anyMatch(line::startsWith))
          .toList();
    }
  }
}
