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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.example.shop.Orders;
import org.example.shop.ShopApplication;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The example in {@code src/example}, as its users run it. */
class ExampleApplicationTest {

  @TempDir private Path folder;
  private final Receiver receiver =
      new Receiver(Receiver.Options.delayed(Receiver.constant(Duration.ofMillis(20))));

  @AfterEach
  void close() {
    receiver.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"H2", "POSTGRESQL"})
  void aScheduledLaunchSendsInOrderWhatWasAppendedWithOrders(Database vendor) {
    try (var shop =
        shop(
            vendor.fresh(folder),
            "--shop.dispatch-every=50ms",
            "--stretto.channels.warehouse.http.version=2")) {
      Orders orders = shop.getBean(Orders.class);
      List<String> ids =
          LongStream.rangeClosed(1, 30).mapToObj(n -> orders.place(n, "c-" + n % 3)).toList();

      await().until(() -> count(shop, "stretto.outbox_message where status = 'DELIVERED'") == 30);

      assertThat(receiver.arrivals().stream().map(Receiver.Arrival::messageId).toList())
          .isEqualTo(ids);
      assertThat(count(shop, "customer_order")).isEqualTo(30);
      await().until(() -> count(shop, "batch_job_execution where status = 'COMPLETED'") > 0);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"H2", "POSTGRESQL"})
  void anOrderAndItsMessageAreBothStoredOrNeitherIs(Database vendor) {
    try (var shop = shop(vendor.fresh(folder))) {
      Orders orders = shop.getBean(Orders.class);
      var transactions = new TransactionTemplate(shop.getBean(PlatformTransactionManager.class));
      assertThat(transactions.getTransactionManager()).isInstanceOf(JpaTransactionManager.class);
      orders.place(1, "c-1");

      transactions.executeWithoutResult(status -> {
        orders.place(2, "c-1");
        status.setRollbackOnly();
      });
      assertThatThrownBy(() -> orders.place(1, "c-2")).as("there is one").isNotNull();

      assertThat(count(shop, "customer_order")).isEqualTo(1);
      assertThat(count(shop, "stretto.outbox_message")).isEqualTo(1);
    }
  }

  @Test
  void anAppendOutsideATransactionIsRefused() {
    try (var shop = shop(Database.H2.fresh(folder))) {
      StrettoOutbox outbox = shop.getBean(StrettoOutbox.class);

      assertThatThrownBy(() -> outbox.append("warehouse", null, "{}"))
          .isInstanceOf(IllegalTransactionStateException.class)
          .hasMessageContaining("@Transactional");
      assertThat(count(shop, "stretto.outbox_message")).isZero();
    }
  }

  @Test
  @Tag("slow")
  void bootsRunnerRunsItWhereItIsNamedAndOnlyThere() {
    FreshDatabase database = Database.H2.fresh(folder);
    try (var shop = shop(database)) {
      assertThat(shop.getBean(JobRepository.class).getJobNames()).as("not named").isEmpty();
      shop.getBean(Orders.class).place(1, "c-1");
    }

    try (var shop =
        shop(database, "--spring.batch.job.name=dispatch", "channel=warehouse", "launch=1")) {
      assertThat(count(shop, "stretto.outbox_message where status = 'DELIVERED'")).isEqualTo(1);
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

  private ConfigurableApplicationContext shop(FreshDatabase database, String... arguments) {
    List<String> all = new ArrayList<>(database.options());
    all.add("--spring.config.location=file:src/example/config/");
    all.add("--spring.main.banner-mode=off");
    all.add("--shop.dispatch-every=1d");
    all.add("--stretto.channels.warehouse.http.url=http://127.0.0.1:" + receiver.port() + "/");
    for (String argument : arguments) {
      all.removeIf(other -> other.startsWith(argument.replaceFirst("=.*", "=")));
      all.add(argument);
    }
    return new SpringApplicationBuilder(ShopApplication.class)
        .web(WebApplicationType.NONE)
        .run(all.toArray(String[]::new));
  }

  private static long count(ConfigurableApplicationContext shop, String rows) {
    return Objects.requireNonNull(
        shop.getBean(JdbcClient.class)
            .sql("select count(*) from " + rows)
            .query(Long.class)
            .single());
  }
}
