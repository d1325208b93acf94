package dev.stretto.append;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.database.Database;
import dev.stretto.database.Durability;
import dev.stretto.database.OnEachDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.simple.JdbcClient;

@OnEachDatabase
class AppenderTest {

  @Parameter Database vendor;
  @TempDir Path folder;
  private JdbcClient jdbc;
  private Appender appender;

  @BeforeEach
  void createTables() {
    DataSource dataSource = vendor.migrated(folder).dataSource();
    jdbc = JdbcClient.create(dataSource);
    appender = new Appender(dataSource, new Durability(dataSource));
  }

  @Test
  void storesEachLineAsItIsAndInOrder() throws Exception {
    Appender.Result result = append(" {\"b\": 1.0} \r\n\n \t\n\"\u20ac\"\n3", plain());

    assertThat(result).isEqualTo(new Appender.Result(3, 0, false));
    assertThat(
            jdbc.sql("select payload from outbox_message order by id").query(String.class).list())
        .containsExactly(" {\"b\": 1.0} ", "\"\u20ac\"", "3");
  }

  @Test
  void storesWhatAnEnvelopeSays() throws Exception {
    append(
        "{\"payload\": [1]"
            + " ,\"key\":\"K\",\"messageId\":\"m\",\"headers\":{\"a\":\"b\"},\"contentType\":\"x/y\"}",
        envelopes());

    Map<String, @Nullable Object> row =
        jdbc.sql("select * from outbox_message").query().singleRow();
    assertThat(row)
        .containsEntry("payload", "[1]")
        .containsEntry("ordering_key", "K")
        .containsEntry("message_id", "m")
        .containsEntry("headers", "{\"a\":\"b\"}")
        .containsEntry("content_type", "x/y")
        .containsEntry("channel", "space");
  }

  @Test
  void aProducersPlainInsertGetsAllDefaults() {
    jdbc.sql("insert into outbox_message (channel, payload) values ('space', '{}')").update();

    Map<String, @Nullable Object> row =
        jdbc.sql("select * from outbox_message").query().singleRow();
    assertThat(row)
        .containsEntry("content_type", "application/json")
        .containsEntry("status", "PENDING")
        .containsEntry("attempts", 0)
        .containsEntry("position", null)
        .containsEntry("headers", null)
        .containsEntry("ordering_key", null);
    assertThat(row.get("created_at")).isNotNull();
    assertThat(UUID.fromString(String.valueOf(row.get("message_id"))).version())
        .as("on H2 one that begins with the time, so that a row's change rewrites no distant page")
        .isEqualTo(vendor == Database.H2 ? 7 : 4);
  }

  @Test
  void skipsIdsOfTheTableAndOfTheInput() throws Exception {
    append(envelope("a") + envelope("b"), envelopes());

    Appender.Result result =
        append(envelope("b") + envelope("c") + envelope("c") + "{\"payload\":1}", envelopes());

    assertThat(result).isEqualTo(new Appender.Result(2, 2, false));
    assertThat(count()).isEqualTo(4);
  }

  @Test
  void skipsIdsOfEarlierBatches() throws Exception {
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < 2_500; i++) {
      input.append(envelope("id" + i % 1_200));
    }

    assertThat(append(input.toString(), envelopes()))
        .isEqualTo(new Appender.Result(1_200, 1_300, false));
  }

  @Test
  void storesNothingWhereALateLineIsBad() {
    String input = "1\n".repeat(2_500) + "{";

    assertThatThrownBy(() -> append(input, plain()))
        .isInstanceOf(BadLineException.class)
        .hasMessageStartingWith("line 2501: ");
    assertThat(count()).isZero();
  }

  @Test
  void storesNothingWhereTheInputBreaks() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("disk gone");
          }
        };
    InputStream input =
        new SequenceInputStream(
            new ByteArrayInputStream("1\n".repeat(2_500).getBytes(UTF_8)), broken);

    assertThatThrownBy(() -> appender.append(input, plain())).hasMessage("disk gone");
    assertThat(count()).isZero();
  }

  @Test
  void madeIdsAreUniqueAndRise() throws Exception {
    append("1\n".repeat(10_000), plain());

    List<@Nullable String> ids =
        jdbc.sql("select message_id from outbox_message order by id").query(String.class).list();
    assertThat(ids).doesNotHaveDuplicates().map(String::valueOf).isSorted();
    assertThat(UUID.fromString(String.valueOf(ids.getFirst())).version()).isEqualTo(7);
    assertThat(UUID.fromString(String.valueOf(ids.getFirst())).variant()).isEqualTo(2);
  }

  private Appender.Result append(String input, Appender.Input settings)
      throws IOException, SQLException {
    return appender.append(new ByteArrayInputStream(input.getBytes(UTF_8)), settings);
  }

  private long count() {
    return jdbc.sql("select count(*) from outbox_message").query(Long.class).single();
  }

  private static Appender.Input plain() {
    return new Appender.Input("space", null, "application/json", false);
  }

  private static Appender.Input envelopes() {
    return new Appender.Input("space", null, "application/json", true);
  }

  private static String envelope(String id) {
    return "{\"payload\":1,\"messageId\":\"" + id + "\"}\n";
  }
}
