package dev.stretto.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OpenDatabase;
import dev.stretto.message.Message;
import dev.stretto.outbox.MessageTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;

/** Payloads that were left in the table are read some at once, in order. */
class PageTest {

  @TempDir private Path folder;
  private Counting jdbc;
  private MessageTable messages;
  private Page page;

  /** Counts the queries for payloads. */
  private static final class Counting extends JdbcTemplate {

    private int queries;

    Counting(FreshDatabase database) {
      super(database.dataSource());
    }

    @Override
    public void query(
        String sql, RowCallbackHandler rows, @Nullable Object @Nullable ... arguments) {
      queries++;
      super.query(sql, rows, arguments);
    }
  }

  @BeforeEach
  void createTables() throws Exception {
    FreshDatabase fresh = Database.H2.migrated(folder);
    OpenDatabase opening =
        OpenDatabase.open(
            new OpenDatabase.Request(fresh.url(), fresh.user(), fresh.password(), Duration.ZERO));
    opening.close();
    jdbc =
        new Counting(new FreshDatabase(Database.H2, opening.url(), fresh.user(), fresh.password()));
    messages = new MessageTable(jdbc);
    page = new Page(messages);
  }

  @Test
  void someKilobytesCostNoQueryEach() {
    append(100, 5_000);

    assertThat(readAll()).allMatch(Message::whole).hasSize(100);
    assertThat(jdbc.queries).isEqualTo(4);
  }

  @Test
  void whatIsShortCostsNoQuery() {
    append(100, 100);

    assertThat(readAll()).allMatch(Message::whole).hasSize(100);
    assertThat(jdbc.queries).isZero();
  }

  @Test
  void whatIsLongIsLeftInTheTable() {
    append(2, 5_000);
    append(1, 500_000);
    append(2, 100);

    assertThat(readAll().stream().map(Message::whole))
        .containsExactly(true, true, false, true, true);
  }

  private void append(int count, int length) {
    for (int n = 0; n < count; n++) {
      jdbc.update(
          "insert into outbox_message (channel, payload) values ('space', ?)", "x".repeat(length));
    }
  }

  private List<Message> readAll() {
    page.addAll(messages.unpositioned("space", 0, 200));
    List<Message> all = new ArrayList<>();
    while (!page.isEmpty()) {
      all.add(page.remove());
    }
    assertThat(all.stream().map(Message::id)).isSorted();
    return all;
  }
}
