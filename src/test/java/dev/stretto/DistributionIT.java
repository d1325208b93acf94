package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code ./mvnw package} leaves behind. */
class DistributionIT {

  private static final Path DISTRIBUTION = Path.of(System.getProperty("stretto.distribution"));

  @Test
  void holdsWhatAUserNeeds() {
    assertThat(DISTRIBUTION.resolve("bin/stretto")).isExecutable();
    assertThat(DISTRIBUTION.resolve("config/application.yaml.example")).isNotEmptyFile();
    assertThat(DISTRIBUTION.resolve("config/prometheus-rules.yaml")).isNotEmptyFile();
    assertThat(DISTRIBUTION.resolve("config/grafana-dashboard.json")).isNotEmptyFile();
    assertThat(DISTRIBUTION.resolve("LICENSE")).isNotEmptyFile();
    assertThat(DISTRIBUTION.resolve("exec/stretto_exec.py")).isNotEmptyFile();
    assertThat(DISTRIBUTION.resolve("exec/stretto_exec.mjs")).isNotEmptyFile();
  }

  @Test
  void holdsEveryJarOnceAndNoneOfTheTests() throws IOException {
    var jars = jars();
    assertThat(jars).anyMatch(jar -> jar.matches("stretto-\\d.*\\.jar"));
    assertThat(jars.stream().map(jar -> jar.replaceFirst("-\\d.*", ""))).doesNotHaveDuplicates();
    assertThat(jars).noneMatch(jar -> jar.matches("(junit|assertj|archunit|spring-.*test).*"));
  }

  @Test
  void holdsTheClientsOfBrokersBesideTheClassPath() throws IOException {
    assertThat(jars("transports/kafka"))
        .anyMatch(jar -> jar.startsWith("kafka-clients-"))
        .doesNotContainAnyElementsOf(jars());
    assertThat(jars("transports/amqp"))
        .anyMatch(jar -> jar.startsWith("amqp-client-"))
        .doesNotContainAnyElementsOf(jars());
    assertThat(jars()).noneMatch(jar -> jar.matches("(kafka|zstd|lz4|snappy|amqp|netty).*"));
  }

  @Test
  void holdsTheDocumentsAndTheirLinksLeadSomewhere() throws IOException {
    try (var files = Files.walk(DISTRIBUTION)) {
      assertThat(files.filter(file -> file.toString().endsWith(".md")).toList())
          .contains(DISTRIBUTION.resolve("README.md"), DISTRIBUTION.resolve("docs/operations.md"))
          .allSatisfy(DocumentsTest::assertLinksLeadSomewhere);
    }
  }

  private static List<String> jars() throws IOException {
    return jars("lib");
  }

  private static List<String> jars(String folder) throws IOException {
    try (var files = Files.list(DISTRIBUTION.resolve(folder))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
