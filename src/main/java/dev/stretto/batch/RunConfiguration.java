package dev.stretto.batch;

import dev.stretto.database.Durability;
import dev.stretto.database.schema.LeaseConnections;
import dev.stretto.dispatch.Clocks;
import dev.stretto.follow.Arrivals;
import dev.stretto.lease.Leases;
import dev.stretto.ledger.Ledgers;
import dev.stretto.metrics.RunMeters;
import dev.stretto.metrics.Telemetry;
import dev.stretto.outbox.Counting;
import dev.stretto.outbox.RunTable;
import dev.stretto.outbox.SettledMessages;
import dev.stretto.run.ChannelOpener;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.PayloadMemory;
import dev.stretto.run.Retention;
import dev.stretto.run.RunThreads;
import dev.stretto.settings.Channels;
import dev.stretto.transport.TransportType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What a run needs, whoever launches it, beside the beans for the database and what it needs of
 * Spring Batch.
 */
@Configuration(proxyBeanMethods = false)
public class RunConfiguration {

  /**
   * The job repository and its tables.
   *
   * @param jdbc to its tables, and to Stretto's
   * @param transactions of both
   */
  public record JobTables(
      JobRepository repository, JdbcTemplate jdbc, PlatformTransactionManager transactions) {}

  @Bean
  Clocks clocks() {
    return new Clocks(
        System::nanoTime, Clock.systemUTC(), () -> ThreadLocalRandom.current().nextLong());
  }

  @Bean
  RunTable outboxRuns(JdbcTemplate jdbc) {
    return new RunTable(jdbc);
  }

  @Bean
  SettledMessages settledMessages(JdbcTemplate jdbc, PlatformTransactionManager transactions) {
    return new SettledMessages(jdbc, new TransactionTemplate(transactions));
  }

  @Bean
  Ledgers ledgers(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      Durability durability,
      Clocks clocks) {
    return new Ledgers(jdbc, new TransactionTemplate(transactions), durability, clocks.nanos());
  }

  @Bean(destroyMethod = "close")
  Leases leases(
      LeaseConnections connections,
      Clocks clocks,
      Channels channels,
      ObjectProvider<Telemetry> telemetry) {
    Leases leases =
        new Leases(
            connections.connections(),
            channels.lease(),
            host() + "/" + ProcessHandle.current().pid(),
            clocks.nanos(),
            connections.lent());
    RunMeters meters = telemetry(telemetry).meters();
    if (meters != null) {
      meters.leases(leases, Leases::renewals, Leases::failures);
    }
    return leases;
  }

  private static Telemetry telemetry(ObjectProvider<Telemetry> telemetry) {
    return telemetry.getIfAvailable(() -> Telemetry.NONE);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown host";
    }
  }

  @Bean(destroyMethod = "close")
  Arrivals arrivals(Ledgers ledgers, Clocks clocks) {
    return new Arrivals(ledgers, clocks.nanos());
  }

  @Bean
  ChannelOpener channelOpener(Channels channels, List<TransportType> transports) {
    return new ChannelOpener(channels, transports);
  }

  @Bean
  RunLauncher runLauncher(
      ChannelOpener opener,
      Leases leases,
      ChannelRun.Shared shared,
      Upkeep upkeep,
      RunLauncher.Batch batch) {
    return new RunLauncher(opener, leases, shared, upkeep, batch);
  }

  @Bean
  Upkeep upkeep(Ledgers ledgers, Counting counting, OldRuns runs, Channels channels) {
    Duration retention = channels.retention();
    return new Upkeep(new Retention(ledgers, retention), counting, runs, retention);
  }

  @Bean
  IdleUpkeep idleUpkeep(JdbcTemplate jdbc, Upkeep upkeep, Clocks clocks) {
    return new IdleUpkeep(new IdleChannels(jdbc), upkeep, clocks.nanos());
  }

  @Bean
  Counting counting(JdbcTemplate jdbc, PlatformTransactionManager transactions) {
    return new Counting(jdbc, new TransactionTemplate(transactions));
  }

  @Bean
  RunLauncher.Batch batch(
      JobOperator operator, JobTables tables, ObjectProvider<Telemetry> telemetry) {
    return new RunLauncher.Batch(
        operator, SharedUpdates.of(tables), tables.jdbc(), telemetry(telemetry));
  }

  @Bean
  OldRuns oldRuns(JobTables tables, Clocks clocks) {
    return new OldRuns(
        tables.repository(),
        tables.jdbc(),
        new TransactionTemplate(tables.transactions()),
        clocks.clock());
  }

  @Bean
  ChannelRun.Shared shared(
      Ledgers ledgers, Channels channels, Clocks clocks, ObjectProvider<Telemetry> telemetry) {
    return new ChannelRun.Shared(
        ledgers,
        new PayloadMemory(channels.memory().toBytes()),
        new RunThreads(),
        clocks,
        telemetry(telemetry).meters());
  }

  @Bean
  RunHistory runs(JobTables tables, Leases leases) {
    return new RunHistory(tables.repository(), tables.jdbc(), leases);
  }
}
