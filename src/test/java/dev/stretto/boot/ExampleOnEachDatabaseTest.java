package dev.stretto.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.receiver.Receiver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.example.shop.Dispatch;
import org.example.shop.Orders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The example in {@code src/example} on the databases that its users may have. */
@OnEachDatabase
class ExampleOnEachDatabaseTest {

  @Parameter Database vendor;
  @TempDir private Path folder;
  private final Receiver receiver =
      new Receiver(Receiver.Options.delayed(Receiver.constant(Duration.ofMillis(20))));

  @AfterEach
  void close() {
    receiver.close();
  }

  @Test
  void aScheduledLaunchSendsInOrderWhatWasAppendedWithOrders() throws Exception {
    try (var shop =
        Shop.open(
            Shop.database(vendor, folder),
            receiver,
            "--shop.dispatch-every=50ms",
            "--stretto.channels.warehouse.http.version=2")) {
      Orders orders = shop.getBean(Orders.class);
      List<String> ids =
          LongStream.rangeClosed(1, 30).mapToObj(n -> orders.place(n, "c-" + n % 3)).toList();

      await()
          .until(() -> Shop.count(shop, "stretto.outbox_message where status = 'DELIVERED'") == 30);

      assertThat(receiver.arrivals().stream().map(Receiver.Arrival::messageId).toList())
          .isEqualTo(ids);
      assertThat(Shop.count(shop, "customer_order")).isEqualTo(30);
      await().until(() -> Shop.count(shop, "BATCH_JOB_EXECUTION where status = 'COMPLETED'") > 0);
      assertThat(Shop.count(shop, "stretto.BATCH_JOB_EXECUTION"))
          .as("the job repository is the shop's")
          .isZero();
    }
  }

  @Test
  void anOrderAndItsMessageAreBothStoredOrNeitherIs() throws Exception {
    Files.writeString(
        Files.createDirectory(folder.resolve("migrations")).resolve("V1__shelves.sql"),
        "create table shelf (id bigint primary key);");
    try (var shop =
        Shop.open(
            Shop.database(vendor, folder),
            receiver,
            "--spring.flyway.locations=filesystem:" + folder.resolve("migrations"))) {
      Orders orders = shop.getBean(Orders.class);
      var transactions = new TransactionTemplate(shop.getBean(PlatformTransactionManager.class));
      assertThat(transactions.getTransactionManager()).isInstanceOf(JpaTransactionManager.class);
      orders.place(1, "c-1");

      transactions.executeWithoutResult(status -> {
        orders.place(2, "c-1");
        status.setRollbackOnly();
      });
      assertThatThrownBy(() -> orders.place(1, "c-2")).as("there is one").isNotNull();
      shelve(shop, transactions, 1, "shelf-1");
      assertThatThrownBy(() -> shelve(shop, transactions, 2, "shelf-1"))
          .as("the message is there, by JDBC")
          .isInstanceOf(DataIntegrityViolationException.class);
      assertThatThrownBy(() -> shelve(shop, transactions, 1, "shelf-2"))
          .as("the shelf is there, by JDBC")
          .isInstanceOf(DataIntegrityViolationException.class);

      assertThat(Shop.count(shop, "customer_order")).isEqualTo(1);
      assertThat(Shop.count(shop, "shelf")).isEqualTo(1);
      assertThat(Shop.count(shop, "stretto.outbox_message")).isEqualTo(2);
      ownMigrations(shop);
    }
  }

  @Test
  @Tag("slow")
  void noLaunchOfSeveralThatBeginAtOnceFails() throws Exception {
    try (var shop = Shop.open(Shop.database(vendor, folder), receiver, "--stretto.lease=1s");
        ExecutorService launching = Executors.newFixedThreadPool(3)) {
      Dispatch dispatch = shop.getBean(Dispatch.class);
      CyclicBarrier together = new CyclicBarrier(3);
      Callable<Boolean> launch =
          () -> {
            together.await();
            dispatch.send();
            return true;
          };
      for (int round = 1; round <= 10; round++) {
        shop.getBean(Orders.class).place(round, "c-1");
        for (Future<Boolean> launched : launching.invokeAll(List.of(launch, launch, launch))) {
          assertThat(launched.get()).as("round %d", round).isTrue();
        }
      }
      dispatch.send();

      assertThat(Shop.count(shop, "BATCH_JOB_EXECUTION where status in ('COMPLETED', 'STOPPED')"))
          .isEqualTo(31);
      assertThat(receiver.arrivals()).hasSize(10);
    }
  }

  private static void shelve(
      ConfigurableApplicationContext shop,
      TransactionTemplate transactions,
      long id,
      String message) {
    transactions.executeWithoutResult(status -> {
      shop.getBean(StrettoOutbox.class)
          .append(OutboxMessage.to("warehouse", "{}").withMessageId(message));
      shop.getBean(JdbcClient.class).sql("insert into shelf (id) values (?)").param(id).update();
    });
  }

  private void ownMigrations(ConfigurableApplicationContext shop) {
    String quote = vendor == Database.MARIADB ? "`" : "\"";
    JdbcClient jdbc = shop.getBean(JdbcClient.class);
    assertThat(
            jdbc.sql(
                    "select \"script\" from \"flyway_schema_history\" where \"type\" = 'SQL'"
                        .replace("\"", quote))
                .query(String.class)
                .list())
        .as("the shop's Flyway has the shop's migrations")
        .containsExactly("V1__shelves.sql");
    assertThat(Shop.count(shop, "stretto.\"stretto_schema_history\"".replace("\"", quote)))
        .isGreaterThan(1);
  }

  @Test
  @Tag("slow")
  void bootsRunnerRunsItWhereItIsNamedAndOnlyThere() throws Exception {
    FreshDatabase database = Shop.database(vendor, folder);
    try (var shop = Shop.open(database, receiver)) {
      assertThat(shop.getBean(JobRepository.class).getJobNames()).as("not named").isEmpty();
      shop.getBean(Orders.class).place(1, "c-1");
    }

    try (var shop =
        Shop.open(
            database,
            receiver,
            "--shop.dispatch-every=1h",
            "--spring.batch.job.name=dispatch",
            "channel=warehouse",
            "launch=1")) {
      assertThat(Shop.count(shop, "stretto.outbox_message where status = 'DELIVERED'"))
          .isEqualTo(1);
    }
  }
}
