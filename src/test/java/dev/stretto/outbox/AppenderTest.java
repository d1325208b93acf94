package dev.stretto.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

class AppenderTest {

  private final JdbcDataSource dataSource = new JdbcDataSource();
  private final JdbcClient jdbc = JdbcClient.create(dataSource);
  private final Appender appender = new Appender(dataSource, new Durability(dataSource));

  @BeforeEach
  void createTables() {
    dataSource.setUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    new ResourceDatabasePopulator(new ClassPathResource("db/migration/h2/V2__outbox.sql"))
        .execute(dataSource);
  }

  @AfterEach
  void dropDatabase() {
    jdbc.sql("shutdown").update();
  }

  @Test
  void storesEachLineAsItIsAndInOrder() throws Exception {
    Appender.Result result = append(" {\"b\": 1.0} \r\n\n \t\n\"\u20ac\"\n3", plain());

    assertThat(result).isEqualTo(new Appender.Result(3, 0));
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
        .containsEntry("PAYLOAD", "[1]")
        .containsEntry("ORDERING_KEY", "K")
        .containsEntry("MESSAGE_ID", "m")
        .containsEntry("HEADERS", "{\"a\":\"b\"}")
        .containsEntry("CONTENT_TYPE", "x/y")
        .containsEntry("CHANNEL", "space");
  }

  @Test
  void aProducersPlainInsertGetsAllDefaults() {
    jdbc.sql("insert into outbox_message (channel, payload) values ('space', '{}')").update();

    Map<String, @Nullable Object> row =
        jdbc.sql("select * from outbox_message").query().singleRow();
    assertThat(row)
        .containsEntry("CONTENT_TYPE", "application/json")
        .containsEntry("STATUS", "PENDING")
        .containsEntry("ATTEMPTS", 0)
        .containsEntry("POSITION", null)
        .containsEntry("HEADERS", null)
        .containsEntry("ORDERING_KEY", null);
    assertThat(row.get("CREATED_AT")).isNotNull();
    assertThat(UUID.fromString(String.valueOf(row.get("MESSAGE_ID"))).version()).isEqualTo(4);
  }

  @Test
  void skipsIdsOfTheTableAndOfTheInput() throws Exception {
    append(envelope("a") + envelope("b"), envelopes());

    Appender.Result result =
        append(envelope("b") + envelope("c") + envelope("c") + "{\"payload\":1}", envelopes());

    assertThat(result).isEqualTo(new Appender.Result(2, 2));
    assertThat(count()).isEqualTo(4);
  }

  @Test
  void skipsIdsOfEarlierBatches() throws Exception {
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < 2_500; i++) {
      input.append(envelope("id" + i % 1_200));
    }

    assertThat(append(input.toString(), envelopes())).isEqualTo(new Appender.Result(1_200, 1_300));
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
