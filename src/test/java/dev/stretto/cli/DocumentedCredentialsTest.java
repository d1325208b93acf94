package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stretto.cli.CommandLineRun.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The document's examples of who is asking, as they stand there. */
class DocumentedCredentialsTest {

  private static final String SECRET = "s3cr3t-secret";

  /** Of stretto and the secret. */
  private static final String BASIC = "Basic c3RyZXR0bzpzM2NyM3Qtc2VjcmV0";

  @TempDir private Path folder;
  private HttpServer server;
  private String here;
  private CommandLineRun stretto;

  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private final Queue<String> arrived = new ConcurrentLinkedQueue<>();
  private volatile int tokenStatus = 200;
  private volatile String tokenAnswer =
      "{\"access_token\":\"t0ken-of-space\",\"token_type\":\"Bearer\",\"expires_in\":3600}";

  /** How many calls are answered 401 before the rest is taken. */
  private volatile int unauthorized;

  @BeforeEach
  void setUp() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/oauth2/token", this::token);
    server.createContext("/hook", this::note);
    server.start();
    here = "http://127.0.0.1:" + server.getAddress().getPort();
    stretto = new CommandLineRun(folder);
    stretto.run(CommandLineRun.lines("1", "2", "3"), "append", "--channel", "space");
  }

  @AfterEach
  void tearDown() {
    server.stop(0);
  }

  @Test
  void oneTokenServesAllCallsUntilItIsTakenNoMoreWhichCostsNoAttempt() throws Exception {
    unauthorized = 1;

    Result dispatch = dispatchWithTokens();

    assertThat(dispatch.code()).as(dispatch.err()).isZero();
    assertThat(dispatch.out()).contains("\"delivered\":3,\"parked\":0,\"retried\":0");
    assertThat(arrived).hasSize(3).containsOnly("Bearer t0ken-of-space");
    assertThat(asked)
        .hasSize(2)
        .containsOnly(
            BASIC
                + " grant_type=client_credentials&scope=hook.write&audience="
                + "https%3A%2F%2Fapi.example.org");
  }

  @ParameterizedTest
  @CsvSource({"400, 5", "401, off"})
  void aRefusedClientEndsTheRunWith1AndNothingIsCharged(int status, String after) throws Exception {
    tokenStatus = status;
    tokenAnswer = "{\"error\":\"invalid_client\",\"you-sent\":\"%s\"}".formatted(SECRET);
    stretto.with("--stretto.channels.space.unavailable.after=" + after);

    Result dispatch = dispatchWithTokens();

    assertThat(dispatch.code()).isEqualTo(1);
    assertThat(dispatch.out()).contains("\"delivered\":0,\"parked\":0", "\"remaining\":3");
    assertThat(dispatch.out())
        .contains("no token from 127.0.0.1", "HTTP " + status, "invalid_client", "***");
    assertThat(dispatch.out() + dispatch.err() + stretto.run("status").out())
        .doesNotContain(SECRET);
    assertThat(asked).hasSize(1);
    assertThat(arrived).isEmpty();

    tokenStatus = 200;
    tokenAnswer = "{\"access_token\":\"t0ken-of-space\"}";
    Result mended = dispatchWithTokens();
    assertThat(mended.out()).contains("\"delivered\":3,\"parked\":0,\"retried\":0");
  }

  @Test
  void anEndpointThatIsDownIsTheDestinationsTroubleAndParksNothing() throws Exception {
    tokenStatus = 502;
    stretto
        .with("--stretto.channels.space.unavailable.after=off")
        .with("--stretto.channels.space.unavailable.patience=0s");

    Result dispatch = dispatchWithTokens();

    assertThat(dispatch.code()).as(dispatch.err()).isEqualTo(75);
    assertThat(dispatch.out()).contains("\"delivered\":0,\"parked\":0", "\"remaining\":3");
    assertThat(arrived).isEmpty();
  }

  @Test
  void aSecretIsReadFromAFileOfItsName() throws Exception {
    Path secrets = secrets("stretto.channels.space.http.basic.password");
    stretto.withYaml(
        configtree(secrets.toString()).replace(", password: \"${space-password}\"", ""));

    Result dispatch = stretto.run("dispatch");

    assertThat(dispatch.code()).as(dispatch.err()).isZero();
    assertThat(arrived).hasSize(3).containsOnly(BASIC);
  }

  @Test
  void aConfigurationFileMayImportThem() throws Exception {
    Path secrets = secrets("space-password");
    Path config = Files.createDirectory(folder.resolve("config"));
    Files.writeString(
        config.resolve("application.yaml"),
        configtree(secrets.toString()) + "stretto.channels.space.transport: http\n");

    Result dispatch =
        CommandLineRun.plain(
            new byte[0],
            "dispatch",
            "--spring.config.location=classpath:/dev/stretto/cli/start/,file:" + config + "/",
            "--spring.datasource.url=" + stretto.url());

    assertThat(dispatch.code()).as(dispatch.err()).isZero();
    assertThat(arrived).hasSize(3).containsOnly(BASIC);
  }

  @Test
  void aFolderOfSecretsThatIsNotThereEndsWith2() throws Exception {
    stretto.withYaml(configtree(folder + "/nothing"));

    Result dispatch = stretto.run("dispatch");

    assertThat(dispatch.code()).as(dispatch.err()).isEqualTo(2);
    assertThat(dispatch.err()).contains("spring.config.import", folder + "/nothing", "optional:");
  }

  private Path secrets(String name) throws IOException {
    Path secrets = Files.createDirectory(folder.resolve("secrets"));
    Files.writeString(secrets.resolve(name), SECRET + "\n");
    Files.writeString(secrets.resolve("ca.crt"), "of somebody else");
    return secrets;
  }

  private String configtree(String secrets) throws IOException {
    return DocumentedExample.yaml("configtree:")
        .replace("https://api.example.org/hook", here + "/hook")
        .replace("/run/secrets/", secrets + "/");
  }

  private Result dispatchWithTokens() throws IOException {
    stretto.withYaml(
        DocumentedExample.yaml("  oauth2:\n")
            .replace("https://api.example.org/hook", here + "/hook")
            .replace("https://login.example.org", here)
            .replace("${SPACE_SECRET}", SECRET));
    return stretto.run("dispatch", "--json", "--channel", "space");
  }

  private void token(HttpExchange exchange) throws IOException {
    asked.add(
        authorization(exchange)
            + " "
            + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    byte[] bytes = tokenAnswer.getBytes(UTF_8);
    exchange.sendResponseHeaders(tokenStatus, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private void note(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    boolean taken;
    synchronized (this) {
      taken = unauthorized == 0;
      unauthorized = Math.max(0, unauthorized - 1);
    }
    if (taken) {
      arrived.add(authorization(exchange));
    }
    exchange.sendResponseHeaders(taken ? 200 : 401, -1);
    exchange.close();
  }

  private static String authorization(HttpExchange exchange) {
    return String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
  }
}
