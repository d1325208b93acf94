package dev.stretto.batch;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.Durability;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OpenDatabase;
import dev.stretto.database.schema.Schema;
import dev.stretto.database.schema.SchemaDataSource;
import dev.stretto.run.ChannelOpener;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.OpenChannel;
import dev.stretto.run.RunOptions;
import dev.stretto.settings.Channels;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.batch.autoconfigure.BatchAutoConfiguration;
import org.springframework.boot.batch.jdbc.autoconfigure.BatchJdbcAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;

/** The job on an H2 file, with the channel {@code space} to a rehearsed destination. */
final class JobFixture implements AutoCloseable {

  static final String CHANNEL = "space";

  final ConfigurableApplicationContext context;
  final JdbcTemplate jdbc;
  final RehearsedTransport transport;

  private final Database vendor;
  private final OpenDatabase opened;

  /**
   * The job on an H2 file.
   *
   * @param settings of the channel, such as {@code window=8}
   */
  JobFixture(Path folder, String... settings) {
    this(Database.H2, folder, settings);
  }

  /**
   * The job on a fresh database.
   *
   * @param settings of the channel, such as {@code window=8}
   */
  JobFixture(Database vendor, Path folder, String... settings) {
    this(vendor.migrated(folder), settings);
  }

  /**
   * The job on a database that may have tables and rows already.
   *
   * @param settings of the channel, such as {@code window=8}, or others, with their whole names
   */
  JobFixture(FreshDatabase database, String... settings) {
    vendor = database.vendor();
    opened = open(database);
    List<String> properties =
        new ArrayList<>(
            List.of(
                "--spring.config.location=classpath:/dev/stretto/cli/start/",
                "--spring.datasource.url=" + opened.url(),
                "--spring.datasource.username=" + database.user(),
                "--spring.datasource.password=" + database.password(),
                "--stretto.channels.space.transport=rehearsed",
                "--stretto.channels.space.retry.backoff=10ms"));
    if (Stream.of(settings).noneMatch(setting -> setting.startsWith("stretto.lease="))) {
      properties.add("--stretto.lease=30s");
    }
    for (String setting : settings) {
      properties.add(
          setting.startsWith("spring.") || setting.startsWith("stretto.")
              ? "--" + setting
              : "--stretto.channels.space." + setting);
    }
    context =
        new SpringApplicationBuilder(Beans.class)
            .web(WebApplicationType.NONE)
            .bannerMode(org.springframework.boot.Banner.Mode.OFF)
            .logStartupInfo(false)
            .run(properties.toArray(String[]::new));
    jdbc = context.getBean(JdbcTemplate.class);
    transport = context.getBean(RehearsedTransport.class);
  }

  private static OpenDatabase open(FreshDatabase database) {
    try {
      return OpenDatabase.open(
          new OpenDatabase.Request(
              database.url(), database.user(), database.password(), Duration.ZERO));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A connection of a producer's own, not out of the run's pool. */
  Connection connect() throws SQLException {
    Environment environment = context.getEnvironment();
    Connection connection =
        DriverManager.getConnection(
            environment.getRequiredProperty("spring.datasource.url"),
            environment.getRequiredProperty("spring.datasource.username"),
            environment.getRequiredProperty("spring.datasource.password"));
    return SchemaDataSource.of(connection, Schema.of(environment, connection));
  }

  /** Inserts as a producer would. */
  void append(int messages) {
    jdbc.update(
        "insert into outbox_message (channel, payload) select 'space', concat('{\"n\":', n, '}')"
            + " from "
            + vendor.numbers(messages));
  }

  /** Inserts messages of one key, or of none where it is null. */
  void append(int messages, @Nullable String key) {
    jdbc.update(
        "insert into outbox_message (channel, payload, ordering_key)"
            + " select 'space', '{}', "
            + (key == null ? "null" : "'" + key + "'")
            + " from "
            + vendor.numbers(messages));
  }

  /** A dispatch that finds something to send. */
  Executed dispatch() throws Exception {
    return dispatch(RunOptions.NONE, run -> {});
  }

  /** A dispatch that finds something to send. */
  Executed dispatch(RunOptions options, Consumer<ChannelRun> running) throws Exception {
    return assertInstanceOf(Executed.class, launch(options, running));
  }

  /** A dispatch, whatever it finds. */
  RunResult launch() throws Exception {
    return launch(RunOptions.NONE, run -> {});
  }

  RunResult launch(RunOptions options, Consumer<ChannelRun> running) throws Exception {
    try (OpenChannel channel = context.getBean(ChannelOpener.class).open(CHANNEL, options)) {
      return context.getBean(RunLauncher.class).dispatch(channel, options, running);
    }
  }

  /** How many messages are delivered, whether or not their rows say so yet. */
  int delivered() {
    return count(
        """
        select (select count(*) from outbox_message where status = 'DELIVERED')
               + (select coalesce(sum(messages), 0) from outbox_journal)
        """);
  }

  /** How many messages are delivered whose rows don't say so yet. */
  int journaled() {
    return count("select coalesce(sum(messages), 0) from outbox_journal");
  }

  private int count(String sql) {
    Integer count = jdbc.queryForObject(sql, Integer.class);
    return count == null ? 0 : count;
  }

  /** How many messages have each status. */
  Map<String, Integer> statuses() {
    Map<String, Integer> counts = new java.util.TreeMap<>();
    jdbc.query(
        "select status, count(*) from outbox_message group by status",
        row -> {
          counts.put(row.getString(1), row.getInt(2));
        });
    return counts;
  }

  @Override
  public void close() {
    context.close();
    try {
      opened.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import(BatchConfiguration.class)
  @ImportAutoConfiguration({
    DataSourceAutoConfiguration.class,
    DataSourceTransactionManagerAutoConfiguration.class,
    JdbcTemplateAutoConfiguration.class,
    FlywayAutoConfiguration.class,
    BatchAutoConfiguration.class,
    BatchJdbcAutoConfiguration.class
  })
  static class Beans {
    @Bean
    RehearsedTransport transport() {
      return new RehearsedTransport();
    }

    @Bean
    Channels channels(ConfigurableEnvironment environment) {
      return Channels.bind(environment, Set.of("rehearsed"));
    }

    @Bean
    Durability durability(DataSource dataSource) {
      return new Durability(dataSource);
    }
  }
}
