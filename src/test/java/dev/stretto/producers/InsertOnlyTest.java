package dev.stretto.producers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachServer;
import dev.stretto.database.schema.Schema;
import dev.stretto.database.schema.SchemaDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The documents' recipe for a producer that may only insert. */
@OnEachServer
class InsertOnlyTest {

  @Parameter Database vendor;
  @TempDir Path folder;
  private JdbcTemplate jdbc;
  private Connection shop;
  private String insert;

  @BeforeEach
  void createTablesAndProducer() throws Exception {
    FreshDatabase database = vendor.migrated(folder);
    jdbc = new JdbcTemplate(database.dataSource());
    Guide guide = new Guide();
    guide
        .statements(vendor == Database.POSTGRESQL ? "role shop" : "user shop", vendor)
        .forEach(jdbc::execute);
    insert = guide.statements("begin", vendor).get(2);
    Connection plain = DriverManager.getConnection(database.url(), "shop", "change me");
    shop = SchemaDataSource.of(plain, Schema.of((String) null, plain));
  }

  /** Users are the server's, which others use too. */
  @AfterEach
  void dropProducer() throws SQLException {
    shop.close();
    if (vendor == Database.POSTGRESQL) {
      jdbc.execute("drop owned by shop");
    }
    jdbc.execute("drop user shop");
  }

  @Test
  void inserts() throws SQLException {
    assertThat(execute(insert)).isEqualTo(1);

    assertThat(
            jdbc.queryForList(
                "select concat(channel, ' ', message_id, ' ', status, ' ', queue)"
                    + " from outbox_message",
                String.class))
        .containsExactly("space order-7 PENDING 0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select payload from outbox_message",
        "update outbox_message set payload = '1'",
        "delete from outbox_message",
        "truncate table outbox_message",
        "insert into outbox_message (channel, payload, position) values ('space', '1', 1)",
        "insert into outbox_message (channel, payload, status) values ('space', '1', 'DELIVERED')",
        "insert into outbox_message (channel, payload, queue) values ('space', '1', 6)",
        "select channel from outbox_channel",
        "insert into channel_lease (channel) values ('space')",
        "select * from BATCH_JOB_EXECUTION",
      })
  void doesNothingElse(String refused) throws SQLException {
    execute(insert);

    assertThatThrownBy(() -> execute(refused))
        .isInstanceOf(SQLException.class)
        .hasMessageMatching("(?s).*(permission denied|command denied).*");
  }

  @Test
  void aMessageIdThatIsTakenIsRefusedOrLeftOut() throws SQLException {
    execute(insert);

    if (vendor == Database.POSTGRESQL) {
      assertThat(execute(insert + " on conflict do nothing")).isZero();
    }
    assertThatThrownBy(() -> execute(insert))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("outbox_message_id_unique");
  }

  private int execute(String sql) throws SQLException {
    try (Statement statement = shop.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }
}
