package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachServer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.SequenceInputStream;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.JdbcTemplate;

/** An input that pauses for longer than a session of Stretto's may be idle in a transaction. */
@OnEachServer
class SlowInputTest {

  private static final int BEFORE = 5000;

  @Parameter Database vendor;
  @TempDir Path folder;

  @Test
  void isStoredAllTheSame() {
    FreshDatabase database = vendor.migrated(folder);
    JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
    InputStream pause =
        new InputStream() {
          @Override
          public int read() {
            Awaitility.await().until(() -> idleForLongerThanASecond(jdbc));
            return -1;
          }
        };
    InputStream in =
        new SequenceInputStream(new SequenceInputStream(lines(BEFORE), pause), lines(1));
    List<String> command =
        new ArrayList<>(List.of("append", "--channel=space", "--stretto.lease=1s"));
    command.addAll(new CommandLineRun(database).properties());
    StringWriter err = new StringWriter();

    int code =
        new CommandLineMain(in, new PrintWriter(new StringWriter()), new PrintWriter(err))
            .run(command.toArray(String[]::new));

    assertThat(code).as(err.toString()).isZero();
    assertThat(jdbc.queryForObject("select count(*) from outbox_message", Integer.class))
        .isEqualTo(BEFORE + 1);
  }

  private static InputStream lines(int count) {
    return new ByteArrayInputStream("{}\n".repeat(count).getBytes(UTF_8));
  }

  private boolean idleForLongerThanASecond(JdbcTemplate jdbc) {
    String query =
        vendor == Database.POSTGRESQL
            ? "select count(*) from pg_stat_activity where datname = current_database()"
                + " and state = 'idle in transaction'"
                + " and clock_timestamp() - state_change > interval '2 seconds'"
            : "select count(*) from information_schema.innodb_trx t"
                + " join information_schema.processlist p on p.id = t.trx_mysql_thread_id"
                + " where p.command = 'Sleep' and p.time_ms > 2000 and p.db = database()";
    Integer count = jdbc.queryForObject(query, Integer.class);
    return count != null && count > 0;
  }
}
