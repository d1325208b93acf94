package dev.stretto.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** That the servers of these tests can be killed, and what tests may then count on. */
@Tag("slow")
@OnEachServer
class KilledServerTest {

  @Parameter Database vendor;
  @TempDir Path folder;

  @Test
  void whatWasCommittedIsThereAgainAndNothingElse() throws Exception {
    try (DatabaseServer server = vendor.startServer(folder)) {
      FreshDatabase database = server.fresh("killed");
      try (Connection connection = database.connect()) {
        JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
        jdbc.execute("create table numbers (n integer)");
        jdbc.update("insert into numbers (n) values (1)");
        connection.setAutoCommit(false);
        jdbc.update("insert into numbers (n) values (2)");

        server.kill();

        assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
      }
      assertThatThrownBy(database::connect).isInstanceOf(SQLException.class);
      server.restart();
      assertThat(
              new JdbcTemplate(database.dataSource())
                  .queryForList("select n from numbers", Integer.class))
          .containsExactly(1);
    }
  }
}
