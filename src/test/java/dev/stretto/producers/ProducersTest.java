package dev.stretto.producers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;

/** The documents' examples for producers in SQL and Java, and what they say of them. */
@OnEachDatabase
class ProducersTest {

  @Parameter Database vendor;
  @TempDir Path folder;
  private Guide guide;
  private FreshDatabase database;
  private JdbcTemplate jdbc;

  @BeforeEach
  void createTables() throws Exception {
    guide = new Guide();
    database = vendor.migrated(folder);
    jdbc = new JdbcTemplate(database.dataSource());
    jdbc.execute(
        "create table orders (id bigint primary key, customer varchar(20), total decimal(9, 2))");
  }

  @Test
  void plainSqlStoresTheOrderAndItsMessageTogether() throws SQLException {
    try (Connection connection = database.connectPlainly();
        Statement statement = connection.createStatement()) {
      for (String sql : guide.statements("begin", vendor)) {
        statement.execute(sql);
        if (!"commit".equals(sql)) {
          assertThat(count("outbox_message")).as(sql).isZero();
        }
      }
    }

    assertThat(count("orders")).isEqualTo(1);
    assertThat(messages()).containsExactly("space order-7 c-12 {\"order\":7}");
  }

  @Test
  void aRowNeedsNoMoreThanAChannelAndAPayload() {
    guide.statements("hello", vendor).forEach(jdbc::execute);

    assertThat(jdbc.queryForList("select payload from outbox_message", String.class))
        .containsExactly("{\"text\":\"hello\"}");
  }

  @Test
  void theJavaExampleStandsInTheDocuments() throws Exception {
    String source =
        Files.readString(Path.of("src/test/java/dev/stretto/producers/Orders.java"), UTF_8);

    assertThat(source).endsWith(guide.example("java", "@Transactional"));
  }

  @Test
  void theJavaExampleCommitsBothOrNone() {
    try (AnnotationConfigApplicationContext context = shop()) {
      Orders orders = context.getBean(Orders.class);
      orders.place(7, "c-12", new BigDecimal("99.90"));
      new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
          .executeWithoutResult(status -> {
            orders.place(8, "c-12", BigDecimal.ONE);
            status.setRollbackOnly();
          });
      jdbc.update("delete from orders");

      assertThatThrownBy(() -> orders.place(7, "c-12", BigDecimal.TEN))
          .as("a message id that is taken")
          .isInstanceOf(DuplicateKeyException.class);
    }

    assertThat(count("orders")).isZero();
    assertThat(messages()).containsExactly("space order-7 c-12 {\"order\":7}");
  }

  @Test
  void manyAtOnceGetTheirIdsInTheOrderOfTheRows() {
    for (int order = 40; order > 0; order--) {
      jdbc.update("insert into orders values (?, 'c', ?)", order, 2 * order);
    }

    guide.statements("order by id", vendor).forEach(jdbc::execute);

    assertThat(jdbc.queryForList("select payload from outbox_message order by id", String.class))
        .hasSize(15)
        .startsWith("{\"order\":26,\"reminder\":1}", "{\"order\":27,\"reminder\":1}")
        .isSorted();
  }

  private AnnotationConfigApplicationContext shop() {
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    context.registerBean(DataSource.class, database::producers);
    context.register(Shop.class);
    context.refresh();
    return context;
  }

  private int count(String table) {
    Integer count = jdbc.queryForObject("select count(*) from " + table, Integer.class);
    return count == null ? 0 : count;
  }

  private List<@Nullable String> messages() {
    return jdbc.queryForList(
        "select concat(channel, ' ', message_id, ' ', ordering_key, ' ', payload)"
            + " from outbox_message order by id",
        String.class);
  }

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionManagement
  static class Shop {

    @Bean
    PlatformTransactionManager transactions(DataSource database) {
      return new JdbcTransactionManager(database);
    }

    @Bean
    Orders orders(DataSource database) {
      return new Orders(JdbcClient.create(database));
    }
  }
}
