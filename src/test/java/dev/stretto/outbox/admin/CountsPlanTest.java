package dev.stretto.outbox.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.database.StatementCost;
import dev.stretto.outbox.Counting;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What {@code status} counts costs the same, however many messages were delivered. */
@OnEachDatabase
class CountsPlanTest {

  private static final int MANY = 20_000;

  /** Rows, or on PostgreSQL pages; there are ten steps into an index, and ten rows behind. */
  private static final long MOST = 100;

  @Parameter Database vendor;
  @TempDir Path folder;
  private JdbcTemplate jdbc;
  private StatementCost cost;

  @BeforeEach
  void fill() throws Exception {
    cost = StatementCost.inFresh(vendor, folder);
    jdbc = cost.jdbc();
    insert("'DELIVERED', 6, n", MANY);
    jdbc.update("insert into outbox_channel (channel, last_position) values ('space', ?)", MANY);
  }

  @AfterEach
  void close() {
    cost.close();
  }

  @Test
  void passesNoneThatWasCounted() {
    String counts = OutboxView.COUNTS.replace(":channel", "'space'");
    cost.gatherStatistics("outbox_message");
    assertThat(cost.of(counts)).as("of all").isGreaterThan(MOST);

    new Counting(jdbc, new TransactionTemplate(new JdbcTransactionManager(cost.session())))
        .catchUp("space");
    insert("'DELIVERED', 6, n + " + MANY, 10);
    insert("'PARKED', 4, n + 30000", 5);
    insert("'PENDING', 0, null", 5);

    assertThat(new OutboxView(jdbc).counts("space"))
        .isEqualTo(new OutboxView.Counts(5, 0, MANY + 10, 5, 0));
    assertThat(cost.of(counts)).as("without statistics").isLessThan(MOST);
    cost.gatherStatistics("outbox_message");
    cost.gatherStatistics("outbox_count");
    assertThat(cost.of(counts)).as("with statistics").isLessThan(MOST);
    assertThat(cost.of(OutboxView.LAST_DELIVERED, "space")).as("the last").isLessThan(MOST);
  }

  private void insert(String values, int rows) {
    jdbc.update(
        "insert into outbox_message (channel, payload, status, queue, position) select 'space',"
            + " '1', "
            + values
            + " from "
            + vendor.numbers(rows));
  }
}
