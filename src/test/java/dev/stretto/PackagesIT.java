package dev.stretto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.kafka.KafkaBroker;
import dev.stretto.receiver.Certificates;
import dev.stretto.receiver.Receiver;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is installed without building, as the documents say, where there is no Java. Run by the
 * Maven profile {@code packages} only.
 */
@Tag("packages")
class PackagesIT {

  private static final String DOCUMENTED_ADDRESS = "https://example.org/hook";

  private static final Pattern MODULE = Pattern.compile("-> ((?:java|jdk)\\.\\S+)");

  @TempDir private Path folder;
  private ThrowAwayMachine machine;

  @BeforeEach
  void makeMachine() throws Exception {
    machine = new ThrowAwayMachine(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tar.gz", "zip"})
  void theFirstTenMinutesWithoutBuildingSendTwoMessages(String kind) throws Exception {
    String install = example("tar -xzf");
    if (kind.equals("zip")) {
      install =
          """
          mkdir -p /srv/stretto
          unzip -q stretto-0.1.0-linux-x64.zip
          mv stretto-0.1.0/* /srv/stretto/
          /srv/stretto/bin/stretto demo
          """;
    }
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start()) {
      String said =
          machine.run(
              "cp /packages/*."
                  + kind
                  + " .\n"
                  + here(install)
                  + example("append --channel space").replace(DOCUMENTED_ADDRESS, receiver.url())
                  + """
                  JAVA_OPTS=-XshowSettings:properties bin/stretto --version 2>&1 | grep java.home
                  for command in --help status; do
                    JAVA_OPTS=-Xlog:class+load:file=/tmp/loaded bin/stretto $command >/dev/null
                    grep 'cli.CommandLineMain ' /tmp/loaded
                  done
                  stat -c '%A %U %n' bin/stretto runtime/bin/java lib/stretto-*.jar
                  """);

      assertThat(said)
          .contains("200 arrived, 0 order violations, 0 twice", "space: 2 delivered")
          .contains("java.home = /srv/stretto/runtime")
          .contains("-rwxr-xr-x root bin/stretto", "-rwxr-xr-x root runtime/bin/java")
          .contains("-rw-r--r-- root lib/stretto-");
      assertThat(said.lines().filter(line -> line.contains("cli.CommandLineMain ")))
          .hasSize(2)
          .allMatch(line -> line.contains("shared objects file"));
      assertThat(receiver.totals().distinct()).isEqualTo(2);
    }
  }

  @Test
  void theDebianPackageInstallsAgainRunsUpgradesAndGoes() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start()) {
      String said =
          machine.run(
              "cp /packages/*.deb .\n"
                  + "dpkg -i *.deb\ndpkg --remove stretto\n"
                  + here(example("dpkg -i").replace(DOCUMENTED_ADDRESS, receiver.url()))
                  + """
                  stat -c '%A %U:%G %n' /etc/stretto/application.yaml /var/lib/stretto/stretto.mv.db
                  JAVA_OPTS=-XshowSettings:properties stretto --version 2>&1 | grep java.home
                  systemd-analyze verify /usr/lib/systemd/system/stretto*
                  dpkg --verify stretto || true
                  dpkg -i *.deb </dev/null
                  grep http: /etc/stretto/application.yaml
                  dpkg --purge stretto
                  ls -d /etc/stretto /usr/lib/stretto /usr/bin/stretto /var/log/stretto \\
                    /var/lib/stretto/* 2>&1 || true
                  getent passwd stretto
                  """);

      assertThat(said)
          .contains("appended 2 messages to space", "space: 2 delivered")
          .contains("-rw-r----- root:stretto /etc/stretto/application.yaml")
          .contains(" stretto:stretto /var/lib/stretto/stretto.mv.db")
          .contains("java.home = /usr/lib/stretto/runtime")
          .contains("??5?????? c /etc/stretto/application.yaml")
          .contains("The outbox is left in /var/lib/stretto")
          .contains("\n/var/lib/stretto/stretto.mv.db")
          .doesNotContain("\n/usr/lib/systemd/system/stretto")
          .doesNotContain("\n/usr/lib/stretto", "\n/usr/bin/stretto", "\n/var/log/stretto");
      assertThat(said.lines().filter(line -> line.contains(receiver.url()))).hasSize(1);
      assertThat(receiver.totals().distinct()).isEqualTo(2);
    }
  }

  @Test
  void theImageNeedsNeitherRootNorToWriteAnywhereElse() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start()) {
      Files.writeString(
          machine.test().resolve("application.yaml"),
          "stretto.channels.space: { transport: http, http: { url: \"%s\" } }"
              .formatted(receiver.url()));

      assertThat(
              machine.runInImage(
                  """
                  stretto demo
                  echo 1 | stretto append --channel space
                  stretto dispatch
                  if (echo >/opt/stretto/file) 2>/dev/null; then exit 1; fi
                  """))
          .contains("200 arrived, 0 order violations, 0 twice", "space: 1 delivered");
    }
  }

  /** The runtime has what TLS, the drivers and the brokers' clients find by name only. */
  @Test
  void sendsOverTlsAndToBrokersFromPostgres() throws Exception {
    FreshDatabase database = Database.POSTGRESQL.fresh(folder);
    Certificates certificates = Certificates.in(machine.test());
    KafkaBroker kafka = KafkaBroker.shared();
    kafka.createTopic("packages", 1);
    Receiver.Options options =
        new Receiver.Options(
            0,
            Receiver.constant(Duration.ZERO),
            1024,
            new Receiver.Tls(certificates.keyStore(), certificates.password(), false),
            Map.of());
    try (Receiver receiver = new Receiver(options)) {
      Files.writeString(
          machine.test().resolve("application.yaml"),
          """
          spring.datasource: { url: "%s", username: "%s", password: "%s" }
          spring.ssl.bundle.pem.test.truststore.certificate: /test/server.pem
          stretto.channels:
            space:
              transport: http
              http: { url: "https://127.0.0.1:%d/", ssl-bundle: test }
            records:
              transport: kafka
              kafka:
                topic: packages
                bootstrap-servers: "%s"
                properties: { compression.type: zstd }
            rabbits:
              transport: amqp
              unavailable.patience: 1s
              amqp: { url: "amqp://127.0.0.1:9", connect-timeout: 1s }
          """
              .formatted(
                  database.url(),
                  database.user(),
                  database.password(),
                  receiver.port(),
                  kafka.address()));

      String said =
          machine.run(
              """
              tar -xzf /packages/stretto-*.tar.gz --strip-components=1
              cp /test/application.yaml config/
              for channel in space records rabbits; do
                echo 1 | bin/stretto append --channel $channel
              done
              bin/stretto dispatch --channel space --channel records
              bin/stretto dispatch --channel rabbits || echo "code $?"
              """);

      assertThat(said).contains("space: 1 delivered", "records: 1 delivered", "code 75");
      assertThat(said).contains("127.0.0.1:9").doesNotContain("Exception", "NoClassDef");
      assertThat(receiver.totals().distinct()).isEqualTo(1);
      assertThat(kafka.count("packages")).isEqualTo(1);
    }
  }

  @Test
  void theRuntimeHasEveryModuleThatAJarNames() throws Exception {
    Set<String> named = new TreeSet<>();
    for (Path jar : jars()) {
      StringWriter said = new StringWriter();
      PrintWriter out = new PrintWriter(said, true);
      ToolProvider.findFirst("jdeps")
          .orElseThrow()
          .run(out, out, "--multi-release", "25", "--ignore-missing-deps", "-s", jar.toString());
      MODULE.matcher(said.toString()).results().map(found -> found.group(1)).forEach(named::add);
    }
    String release = Files.readString(unpacked().resolve("runtime/release"));

    assertThat(named).hasSizeGreaterThan(10);
    assertThat(release.replaceAll("(?s).*MODULES=\"([^\"]*)\".*", "$1").split(" "))
        .containsAll(named);
  }

  @Test
  void theListOfPartsHasEveryJarAndTheRuntimeWithTheirLicenses() throws Exception {
    JsonNode sbom = JsonMapper.shared().readTree(only("stretto-*.cdx.json"));
    List<JsonNode> parts = sbom.path("components").valueStream().toList();

    assertThat(parts).allSatisfy(part -> assertThat(part.path("licenses")).isNotEmpty());
    assertThat(
            parts.stream()
                .map(part -> part.path("name").asString() + "-" + part.path("version").asString())
                .filter(part -> !part.startsWith("openjdk-"))
                .map(part -> part + ".jar"))
        .containsExactlyInAnyOrderElementsOf(
            jars().stream()
                .map(jar -> String.valueOf(jar.getFileName()))
                .filter(jar -> !jar.startsWith("stretto-"))
                .toList());
    assertThat(parts.stream().map(part -> part.path("purl").asString()))
        .contains("pkg:generic/openjdk@" + Runtime.version().toString().replaceAll("[+-].*", ""));
  }

  @Test
  void theSumsAreThoseOfAllPackages() throws Exception {
    assertThat(machine.run("cd /packages && sha256sum --check SHA256SUMS").lines())
        .hasSize(5)
        .allMatch(line -> line.endsWith(": OK"));
  }

  private static List<Path> jars() throws Exception {
    try (Stream<Path> files = Files.walk(unpacked())) {
      return files
          .filter(file -> file.toString().matches(".*/(lib|transports/[^/]*)/[^/]*\\.jar"))
          .filter(file -> !file.toString().contains("/runtime/"))
          .toList();
    }
  }

  /** The folder whose files are in the archives. */
  private static Path unpacked() throws Exception {
    return only("stretto-*[0-9T]");
  }

  private static Path only(String glob) throws Exception {
    try (var found = Files.newDirectoryStream(ThrowAwayMachine.PACKAGES, glob)) {
      return found.iterator().next();
    }
  }

  /** The one example of the page that has the text. */
  private static String example(String text) throws Exception {
    String page = Files.readString(Path.of("src/docs/deploying.md"), UTF_8);
    List<String> found =
        Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL)
            .matcher(page)
            .results()
            .map(block -> block.group(1))
            .filter(block -> block.contains(text))
            .collect(Collectors.toList());
    return found.getFirst();
  }

  /** With the names that the files have here. */
  private static String here(String documented) throws Exception {
    String version = String.valueOf(unpacked().getFileName()).replace("stretto-", "");
    String tar = String.valueOf(only("*.tar.gz").getFileName());
    String debian = String.valueOf(only("*.deb").getFileName());
    return documented
        .replace("stretto-0.1.0-linux-x64", tar.replace(".tar.gz", ""))
        .replace("stretto_0.1.0_amd64.deb", debian)
        .replace("stretto-0.1.0", "stretto-" + version);
  }
}
