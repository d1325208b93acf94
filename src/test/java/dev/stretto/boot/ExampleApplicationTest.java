package dev.stretto.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.receiver.Receiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.example.shop.Orders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.IllegalTransactionStateException;

/** The example in {@code src/example}, as its users run it. */
class ExampleApplicationTest {

  @TempDir private Path folder;
  private final Receiver receiver =
      new Receiver(Receiver.Options.delayed(Receiver.constant(Duration.ofMillis(20))));

  @AfterEach
  void close() {
    receiver.close();
  }

  private ConfigurableApplicationContext shop(FreshDatabase database, String... arguments) {
    return Shop.open(database, receiver, arguments);
  }

  @Test
  void anAppendOutsideATransactionIsRefused() {
    try (var shop = shop(Database.H2.fresh(folder))) {
      StrettoOutbox outbox = shop.getBean(StrettoOutbox.class);

      assertThatThrownBy(() -> outbox.append("warehouse", null, "{}"))
          .isInstanceOf(IllegalTransactionStateException.class)
          .hasMessageContaining("@Transactional");
      assertThat(Shop.count(shop, "stretto.outbox_message")).isZero();
    }
  }

  @Test
  void aShopThatClosesEndsItsRunBefore() throws Exception {
    FreshDatabase database = Database.H2.fresh(folder);
    try (var shop =
        shop(
            database,
            "--stretto.channels.warehouse.rate=20/s",
            "--shop.dispatch-every=50ms",
            "--spring.task.scheduling.shutdown.await-termination=true")) {
      LongStream.rangeClosed(1, 100).forEach(n -> shop.getBean(Orders.class).place(n, "c-1"));
      await().until(() -> receiver.totals().count() > 2);
    }

    try (var connection = database.connectPlainly()) {
      JdbcClient jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
      assertThat(
              jdbc.sql("select status from batch_job_execution order by job_execution_id desc")
                  .query(String.class)
                  .list()
                  .getFirst())
          .isEqualTo("STOPPED");
      assertThat(
              jdbc.sql("select count(*) from stretto.outbox_message where status = 'DELIVERED'")
                  .query(Long.class)
                  .single())
          .as("all that were sent are recorded")
          .isEqualTo(receiver.totals().count())
          .isLessThan(100);
    }
  }

  @Test
  void theDocumentShowsThisExample() throws IOException {
    String document = Files.readString(Path.of("src/docs/spring.md"));
    StringBuilder example = new StringBuilder();
    for (String file :
        List.of(
            "java/org/example/shop/Orders.java",
            "java/org/example/shop/Dispatch.java",
            "config/application.yaml")) {
      example.append(Files.readString(Path.of("src/example", file)));
    }

    List<String> shown =
        Pattern.compile("```(?:java|yaml)\n(.*?)```", Pattern.DOTALL)
            .matcher(document)
            .results()
            .map(block -> block.group(1))
            .toList();
    assertThat(shown)
        .hasSize(3)
        .allSatisfy(block -> assertThat(example.toString()).contains(block));
  }
}
