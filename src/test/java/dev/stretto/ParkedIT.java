package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.OnEachServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Messages that a receiver refuses, until it takes them. */
@OnEachServer
@Tag("slow")
class ParkedIT {

  private static final int MESSAGES = 5000;

  @Parameter private Database database;
  @TempDir private Path folder;

  @Test
  void whatIsRedrivenIsSentAgainUnderItsIdByTheRunThatIsUnderWay() throws Exception {
    try (ReceiverUnderTest receiver =
            ReceiverUnderTest.start("--delay", "100", "--reject", "3,5,7,9");
        Shell shell = new Shell(folder).on(database.fresh(folder))) {
      shell.configureSpace(receiver.url(), "window: 4");
      shell.append(1, MESSAGES);
      Shell.Running run = shell.start("dispatch", "--channel", "space", "--json");
      receiver.awaitCount(100, run);

      List<JsonNode> parked = list(shell);
      assertThat(parked)
          .extracting(row -> row.path("position").asInt())
          .containsExactly(3, 5, 7, 9);
      assertThat(parked)
          .allSatisfy(row -> {
            assertThat(row.path("lastError").asString()).contains("422");
            assertThat(row.path("attempts").asInt()).isEqualTo(1);
          });
      String third = parked.getFirst().path("messageId").asString();
      assertThat(shell.run("parked", "show", third).exited(0).out()).contains("{\"n\":3}");
      shell.run("parked", "discard", parked.getLast().path("messageId").asString()).exited(0);
      receiver.accept();
      assertThat(shell.run("parked", "redrive", third).exited(0).out()).contains("out of order");
      assertThat(shell.run("parked", "redrive", third).exited(1).err()).contains(third);
      JsonNode redriven = shell.run("parked", "redrive", "--all", "--json").exited(0).json();
      assertThat(redriven.path("redriven").asInt()).isEqualTo(2);
      receiver.answerAtOnce();

      JsonNode ended = run.await().exited(3).json();
      assertThat(ended.path("delivered").asInt()).isEqualTo(MESSAGES - 1);
      assertThat(ended.path("parked").asInt()).isEqualTo(4);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES - 1, "DISCARDED", 1));
      assertThat(receiver.arrivals())
          .filteredOn(arrival -> arrival.messageId().equals(third))
          .extracting(arrival -> arrival.position() + "/" + arrival.attempt())
          .containsExactly("3/1", "3/2");
      assertThat(shell.run("parked", "list").exited(0).out()).contains("nothing is parked");
      assertThat(shell.run("verify").exited(0).out())
          .contains("space: 5,000 first starts kept their order");
    }
  }

  private static List<JsonNode> list(Shell shell) throws Exception {
    return shell
        .run("parked", "list", "--channel", "space", "--json")
        .exited(0)
        .out()
        .lines()
        .map(line -> JsonMapper.shared().readTree(line))
        .toList();
  }
}
