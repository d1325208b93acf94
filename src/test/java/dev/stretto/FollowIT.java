package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.database.Database;
import dev.stretto.database.FreePort;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.receiver.Receiver.Arrival;
import dev.stretto.receiver.Receiver.Totals;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/** A dispatch that stays. */
@Tag("slow")
@OnEachDatabase
class FollowIT {

  @Parameter private Database database;
  @TempDir private Path folder;

  @Test
  void sendsWhatArrivesUntilASignalAndEndsWithZero() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start();
        Shell shell = new Shell(folder).on(database.fresh(folder))) {
      shell.configureSpace(receiver.url());
      Shell.Running run = shell.start("dispatch", "--follow", "--ready-file", "ready", "--json");
      awaitFile(run, folder.resolve("ready"));
      shell.append(1, 100);
      receiver.awaitCount(100, run);
      shell.append(101, 50);
      receiver.awaitCount(150, run);
      JsonNode shown = shell.run("runs", "--json").exited(0).json().path("runs");
      assertThat(shown).hasSize(1);
      assertThat(shown.path(0).path("status").asString()).isEqualTo("STARTED");

      run.signal("TERM");

      JsonNode end = run.await().exited(0).json();
      assertThat(end.path("status").asString()).isEqualTo("STOPPED");
      assertThat(end.path("delivered").asInt()).isEqualTo(150);
      assertThat(folder.resolve("ready")).doesNotExist();
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", 150));
      assertThat(receiver.arrivals()).extracting(Arrival::position).isSorted();
      assertThat(receiver.totals().duplicates()).isZero();
      assertThat(shell.executions()).extracting(Shell.Execution::status).containsExactly("STOPPED");
    }
  }

  @Test
  void endsWithZeroWhereItsRunIsAskedToStop() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start();
        Shell shell = new Shell(folder).on(database.fresh(folder))) {
      shell.configureSpace(receiver.url());
      Shell.Running run = shell.start("dispatch", "--follow");
      shell.append(1, 1);
      receiver.awaitCount(1, run);

      shell.run("stop", "1").exited(0);

      assertThat(run.await().exited(0).out()).contains("somebody asked it to stop");
    }
  }

  @Test
  void waitsWhileItsChannelIsPausedAndGoesOnOnceThatIsOver() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start();
        Shell shell = new Shell(folder).on(database.fresh(folder))) {
      shell.configureSpace(receiver.url());
      Shell.Running run = shell.start("dispatch", "--follow");
      shell.append(1, 10);
      receiver.awaitCount(10, run);

      shell.run("pause", "space", "--reason", "maintenance").exited(0);
      await()
          .until(() -> {
            JsonNode runs = shell.run("runs", "--json").exited(0).json().path("runs");
            return runs.path(0).path("status").asString().equals("STOPPED");
          });
      shell.append(11, 10);
      shell.run("status").exited(0);
      assertThat(receiver.totals().count()).isEqualTo(10);
      shell.run("resume", "space").exited(0);

      receiver.awaitCount(20, run);
      run.signal("TERM");
      assertThat(run.await().exited(0).out()).contains("maintenance");
      assertThat(receiver.arrivals()).extracting(Arrival::position).isSorted();
      assertThat(receiver.totals().duplicates()).isZero();
    }
  }

  @Test
  void showsItsMetricsAtAPortAndSendsAlertsAtOnce() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--reject", "3");
        ReceiverUnderTest chat = ReceiverUnderTest.start();
        Shell shell = new Shell(folder).on(database.fresh(folder))) {
      shell.configureSpace(receiver.url());
      int port = FreePort.find();
      Shell.Running run =
          shell.start(
              "dispatch",
              "--follow",
              "--stretto.metrics.port=" + port,
              "--stretto.alert.channel=ops",
              "--stretto.channels.ops.transport=http",
              "--stretto.channels.ops.http.url=" + chat.url());
      shell.append(1, 10);

      chat.awaitCount(1, run);

      HttpRequest get =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
      try (HttpClient client = HttpClient.newHttpClient()) {
        await()
            .untilAsserted(() ->
                assertThat(client.send(get, BodyHandlers.ofString()).body())
                    .contains("\nstretto_parked_messages{channel=\"space\"} 1.0\n")
                    .contains("\nstretto_run_parked_total{channel=\"space\"} 1.0\n")
                    .contains("\nstretto_run_delivered_total{channel=\"ops\"} 1.0\n"));
      }
      run.signal("TERM");
      run.await().exited(0);
    }
  }

  @Test
  void beginsRunAfterRunOnASchedule() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start();
        Shell shell = new Shell(folder).on(database.fresh(folder))) {
      shell.configureSpace(receiver.url());
      Shell.Running run = shell.start("dispatch", "--every", "1s");
      shell.append(1, 10);
      receiver.awaitCount(10, run);
      shell.append(11, 10);
      receiver.awaitCount(20, run);

      run.signal("TERM");

      run.await().exited(0);
      Totals totals = receiver.totals();
      assertThat(totals.distinct()).isEqualTo(20);
      assertThat(totals.duplicates()).isZero();
      assertThat(shell.executions()).hasSizeGreaterThanOrEqualTo(2);
    }
  }

  static void awaitFile(Shell.Running run, Path file) {
    await().untilAsserted(() -> assertThat(Files.exists(file)).as(run::output).isTrue());
  }
}
