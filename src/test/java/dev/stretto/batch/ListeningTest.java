package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.database.Database;
import dev.stretto.follow.Listening;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What PostgreSQL tells of inserts. */
class ListeningTest {

  private static final String LOCKED =
      "select count(*) from pg_locks where locktype = 'advisory' and granted and mode ="
          + " 'ShareLock'";

  @TempDir private Path folder;

  /** Or every commit of a producer would wait for all others', for nobody. */
  @Test
  void theTriggerNotifiesOnlyWhileSomebodyListens() throws Exception {
    try (JobFixture fixture = new JobFixture(Database.POSTGRESQL, folder);
        Connection connection = fixture.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("listen stretto_arrivals");

      fixture.append(1);
      assertThat(heard(connection, "nobody listens")).isEmpty();

      try (Listening listening = fixture.context.getBean(Listening.class)) {
        listening.start();
        await().until(() -> locks(statement) == 1);
        fixture.append(1);
        assertThat(heard(connection, "somebody listens")).contains("");
      }
      await().until(() -> locks(statement) == 0);
      fixture.append(1);
      assertThat(heard(connection, "nobody listens any more")).doesNotContain("");
    }
  }

  private static long locks(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(LOCKED)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** What was said before this word, which comes behind everything that was committed before. */
  private static List<String> heard(Connection connection, String word) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("notify stretto_arrivals, '" + word + "'");
    }
    List<String> said = new ArrayList<>();
    while (!said.contains(word)) {
      for (PGNotification one : connection.unwrap(PGConnection.class).getNotifications(1000)) {
        said.add(one.getParameter());
      }
    }
    said.remove(word);
    return said;
  }
}
