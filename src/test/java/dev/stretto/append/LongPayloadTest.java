package dev.stretto.append;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.database.Database;
import dev.stretto.database.Durability;
import dev.stretto.database.OnEachDatabase;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.JdbcTemplate;

/** Payloads of every length, where the server takes them. */
@OnEachDatabase
@Isolated("changes a setting of the server")
class LongPayloadTest {

  private static final Appender.Input PLAIN =
      new Appender.Input("space", null, "application/json", false);

  @Parameter Database vendor;
  @TempDir Path folder;
  private JdbcTemplate jdbc;
  private Appender appender;

  @BeforeEach
  void createTables() {
    DataSource dataSource = vendor.migrated(folder).dataSource();
    jdbc = new JdbcTemplate(dataSource);
    appender = new Appender(dataSource, new Durability(dataSource));
  }

  @Test
  void theLongestLineOfTheLongestCharactersIsStored() throws Exception {
    String longest = "\"" + "\u4e16".repeat(LineReader.MAX_LENGTH - 2) + "\"";

    append("1\n" + longest + "\n" + longest + "\n" + longest);

    assertThat(jdbc.queryForList("select payload from outbox_message order by id", String.class))
        .containsExactly("1", longest, longest, longest);
  }

  @Test
  void whatTheServerTakesInNoPacketIsNamedByItsLineAndNothingIsStored() throws Exception {
    String input = ("\"" + "x".repeat(10_000) + "\"\n").repeat(500);
    String tooLong = "\"" + "x".repeat(1_048_000) + "\"";
    if (vendor != Database.MARIADB) {
      append(input + tooLong);
      assertThat(count()).isEqualTo(501);
      return;
    }
    Long before = jdbc.queryForObject("select @@global.max_allowed_packet", Long.class);
    jdbc.execute("set global max_allowed_packet = 1048576");
    try {
      assertThatThrownBy(() -> append(input + tooLong))
          .isInstanceOf(BadLineException.class)
          .hasMessage(
              "line 501: too long for the database: raise its max_allowed_packet, which is"
                  + " 1,048,576 bytes");
      assertThat(count()).isZero();
      append(input);
      assertThat(count()).isEqualTo(500);
    } finally {
      jdbc.execute("set global max_allowed_packet = " + before);
    }
  }

  private void append(String input) throws Exception {
    appender.append(new ByteArrayInputStream(input.getBytes(UTF_8)), PLAIN);
  }

  private long count() {
    Long count = jdbc.queryForObject("select count(*) from outbox_message", Long.class);
    return count == null ? 0 : count;
  }
}
