package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.message.Message;
import dev.stretto.receiver.Receiver;
import dev.stretto.transport.java.Sender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the command says of configuration files, and what it leaves alone. */
class ConfigCheckCommandTest {

  @TempDir private Path folder;

  private Result check(String yaml, String... options) throws IOException {
    Files.writeString(folder.resolve("application.yaml"), yaml);
    String[] all = new String[options.length + 4];
    all[0] = "config";
    all[1] = "check";
    System.arraycopy(options, 0, all, 2, options.length);
    all[all.length - 2] =
        "--spring.config.location=classpath:/dev/stretto/cli/start/,file:" + folder + "/";
    all[all.length - 1] = "--spring.datasource.url=jdbc:h2:file:" + folder.resolve("stretto");
    return CommandLineRun.plain(new byte[0], all);
  }

  @Test
  void saysEveryMistakeWithItsPlaceAndRangeAndOpensNoDatabase() throws Exception {
    Result result =
        check(
            """
            sprung: 1
            spring.datasorce.url: x
            stretto:
              lease: 0s
              memori: 1
              channels:
                space:
                  transport: http
                  windo: 3
                  window: 6.5
                  retry.attempts: 0
                  http:
                    url: ftp://secret.example.org
                    timeout: 5
                    versoin: 2
                broken:
                  transport: carrier-pigeon
                ops:
                  transport: http
                  http.url: https://example.org/
                  alert.channel: oops
            """);

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out().lines())
        .contains(
            "sprung: there is no such property; did you mean spring? ("
                + folder
                + "/application.yaml, line 1)",
            "stretto.lease: must be between 1s and 24d",
            "stretto.memori: there is no such property; did you mean memory?",
            "stretto.channels.space.windo: there is no such property; did you mean window?",
            "stretto.channels.space.window: must be a whole number, not 6.5",
            "    in " + folder + "/application.yaml, line 10",
            "    The most messages claimed and not yet settled, 1 or more; also the most that a"
                + " crash sends twice.",
            "stretto.channels.space.retry.attempts: must be 1 or more, not 0",
            "stretto.channels.space.http.url: must start with http: or https:",
            "stretto.channels.space.http.versoin: there is no such property; did you mean"
                + " version?")
        .anyMatch(
            line -> line.startsWith("stretto.channels.ops.alert.channel: there is no channel oops"))
        .anyMatch(line -> line.startsWith("spring.datasorce.url: there is no such property"))
        .anyMatch(line -> line.startsWith("stretto.channels.space.http.timeout: must be a time"))
        .anyMatch(line -> line.startsWith("stretto.channels.broken.transport: must be one of"));
    assertThat(result.out()).doesNotContain("secret");
    assertThat(folder.resolve("stretto.mv.db")).doesNotExist();
  }

  @Test
  void showsWhatAppliesAndWhereItIsFromButNoSecret() throws Exception {
    Result result =
        check(
            """
            stretto.channels:
              space:
                transport: http
                ordering: key
                http:
                  url: https://example.org/secret
                  headers: { X-Api-Key: "Bearer secret" }
                  basic: { user: me, password: secret }
            """,
            "--json");

    assertThat(result.code()).as(result.out() + result.err()).isZero();
    assertThat(result.out()).doesNotContain("secret\"", "/secret", "Bearer");
    JsonNode settings =
        JsonMapper.shared().readTree(result.out()).path("channels").path(0).path("settings");
    assertThat(settings.valueStream().map(ConfigCheckCommandTest::short_))
        .contains(
            "ordering=key " + folder + "/application.yaml, line 4",
            "window=64 null",
            "look-ahead=1024 null",
            "on-exhausted=block-key null",
            "retry.max-backoff=30s null",
            "http.timeout=30s null",
            "http.url=*** " + folder + "/application.yaml, line 6",
            "http.headers=X-Api-Key: *** " + folder + "/application.yaml, line 7",
            "http.basic.password=*** " + folder + "/application.yaml, line 8");
  }

  private static String short_(JsonNode setting) {
    return setting.path("property").asString()
        + "="
        + setting.path("value").asString()
        + " "
        + setting.path("from").asString("null");
  }

  @Test
  void channelsThatAreAlikeAreShownTogether() throws Exception {
    StringBuilder yaml = new StringBuilder("stretto.channels:\n");
    for (int i = 10; i < 30; i++) {
      yaml.append("  c" + i + ": { transport: http, http.url: 'http://h" + i + ".test' }\n");
    }

    Result result = check(yaml.toString());

    assertThat(result.code()).as(result.out() + result.err()).isZero();
    assertThat(result.out().lines())
        .contains(
            "no mistake was found", "c10, c11, c12, c13, c14, c15, c16, c17, c18, c19 and 10 more");
    assertThat(result.out().lines().filter(line -> line.startsWith("  window "))).hasSize(1);
    assertThat(check(yaml.toString(), "--channel", "c2*", "--json").out())
        .contains("\"channel\":\"c20\"")
        .doesNotContain("\"channel\":\"c19\"");
  }

  /** Must not be made by a check. */
  public static final class Unmade implements Sender {

    public Unmade() {
      throw new AssertionError("made");
    }

    @Override
    public void send(Message message) {
      throw new AssertionError("sent");
    }
  }

  @Test
  void findsASenderInJavaWithoutMakingIt() throws Exception {
    String yaml = "stretto.channels.own: { transport: java, java.class: '%s' }\n";

    assertThat(check(yaml.formatted(Unmade.class.getName()), "--connect").code()).isZero();
    Result none = check(yaml.formatted("org.example.None"));
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.out())
        .contains("stretto.channels.own.java.class: org.example.None is not on the classpath");
  }

  @Test
  void connectsToEachDestinationAndSendsItNothing() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    try (Receiver receiver =
        new Receiver(
            new Receiver.Options(0, Receiver.constant(Duration.ZERO), 100, null, Map.of()))) {
      String yaml =
          """
          stretto.channels:
            one: { transport: http, http: { url: 'http://127.0.0.1:%1$d/a', version: 2 }, window: 101 }
            two: { transport: http, http: { url: 'http://127.0.0.1:%1$d/b', version: 2 } }
            away: { transport: http, http.url: 'http://127.0.0.1:%2$d/' }
          """
              .formatted(receiver.port(), free);

      Result result = check(yaml, "--connect");

      assertThat(result.code()).as(result.out() + result.err()).isEqualTo(75);
      assertThat(result.out().lines())
          .contains(
              "http://127.0.0.1:" + receiver.port() + ", of one, two",
              "  ok       HTTP/2, 100 streams at once",
              "  warning  one: of its window of 101 only 100 calls can be under way",
              "  order    calls arrive in the order of their starts: the requests go over one"
                  + " HTTP/2 connection",
              "  away     connection refused: 127.0.0.1:" + free);
      assertThat(receiver.totals().count()).isZero();
      assertThat(check(yaml, "--connect", "--channel", "two").code()).isZero();
    }
  }
}
