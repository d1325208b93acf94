package dev.stretto.cli.dispatch;

import dev.stretto.batch.IdleChannels;
import dev.stretto.batch.RunResult;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.StrettoConfiguration;
import dev.stretto.cli.start.Unconfigured;
import dev.stretto.database.schema.Schema;
import dev.stretto.database.schema.SchemaDataSource;
import dev.stretto.database.schema.SchemaHistory;
import dev.stretto.outbox.MessageTable;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.run.ChannelOpener;
import dev.stretto.run.RunOptions;
import dev.stretto.settings.Channels;
import dev.stretto.transport.TransportType;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A look for work, before Spring makes the beans that would do it. Where there is some, or anything
 * is unusual or goes wrong, it found none of this out: what comes after says what it is.
 */
final class WorkCheck {

  private static final Logger LOG = LoggerFactory.getLogger(WorkCheck.class);

  /** What the look's own connection is made of; whoever sets more wants another one. */
  private static final Set<String> CONNECTION =
      Set.of(
          "url",
          "username",
          "password",
          "hikari.minimum-idle",
          "hikari.maximum-pool-size",
          "hikari.transaction-isolation",
          "hikari.connection-timeout");

  private static final Set<String> BATCH =
      Set.of("jdbc.initialize-schema", "jdbc.isolation-level-for-create", "job.enabled");

  private final RunOptions options;
  private final Function<Channels, Set<String>> names;
  private final List<RunResult> results = new ArrayList<>();

  /**
   * @param names the channels to dispatch, of those configured
   */
  WorkCheck(RunOptions options, Function<Channels, Set<String>> names) {
    this.options = options;
    this.names = names;
  }

  /** Whether there is nothing to do; the database is open. */
  boolean findsNothing(ConfigurableEnvironment environment) {
    if (!only(environment, "spring.datasource", CONNECTION)
        || !only(environment, "spring.batch", BATCH)) {
      return false;
    }
    try (Connection raw = connect(environment)) {
      Connection connection = SchemaDataSource.of(raw, Schema.of(environment, raw));
      return new SchemaHistory(environment).isCurrent(connection)
          && look(environment, new JdbcTemplate(new SingleConnectionDataSource(connection, true)));
    } catch (SQLException | RuntimeException e) {
      LOG.debug("The look for work failed", e);
      return false;
    }
  }

  /**
   * How the command ends, once there was nothing to do.
   *
   * @param names the channels that a person named
   */
  ExitCode code(Collection<String> names) {
    return results.stream()
        .map(result -> RunEnd.code(result, names.contains(result.channel())))
        .reduce(ExitCode.DONE, ExitCode::or);
  }

  /** What a run says of each channel, once there was nothing to do. */
  List<RunResult> results() {
    return results;
  }

  private boolean look(ConfigurableEnvironment environment, JdbcTemplate jdbc) {
    long begin = System.nanoTime();
    List<TransportType> transports = StrettoConfiguration.transports(environment);
    Channels channels = Channels.bind(environment, transports);
    // What was delivered long ago may be something to do where it is kept for a time only.
    if (channels.retention() != null) {
      return false;
    }
    IdleChannels idle = new IdleChannels(jdbc);
    Set<String> chosen = names.apply(channels);
    boolean all = chosen.containsAll(channels.names());
    if ((all && someWaitElsewhere(channels, jdbc))
        || !areIdle(idle, new ChannelOpener(channels, transports), chosen)) {
      return false;
    }
    results.addAll(idle.results(chosen, () -> Duration.ofNanos(System.nanoTime() - begin)));
    return true;
  }

  private boolean areIdle(IdleChannels idle, ChannelOpener opener, Set<String> names) {
    try (OpenChannels open = OpenChannels.open(opener, names, options)) {
      return open.faults().isEmpty() && idle.among(open).size() == names.size();
    }
  }

  private static boolean someWaitElsewhere(Channels channels, JdbcTemplate jdbc) {
    MessageTable messages = new MessageTable(jdbc);
    return !Unconfigured.waiting(channels, new ChannelStatuses(jdbc).known(), messages::unsettled)
        .isEmpty();
  }

  private static boolean only(
      ConfigurableEnvironment environment, String prefix, Set<String> expected) {
    Map<String, String> settings =
        Binder.get(environment)
            .bind(prefix, Bindable.mapOf(String.class, String.class))
            .orElse(Map.of());
    return expected.containsAll(settings.keySet());
  }

  private static Connection connect(ConfigurableEnvironment environment) throws SQLException {
    return DriverManager.getConnection(
        environment.getRequiredProperty("spring.datasource.url"),
        environment.getProperty("spring.datasource.username"),
        environment.getProperty("spring.datasource.password"));
  }
}
