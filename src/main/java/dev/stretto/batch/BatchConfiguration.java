package dev.stretto.batch;

import dev.stretto.database.Durability;
import dev.stretto.database.schema.DatabaseConfiguration;
import dev.stretto.dispatch.Clocks;
import dev.stretto.lease.Leases;
import dev.stretto.ledger.Ledgers;
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
import org.springframework.batch.core.configuration.JobRegistry;
import org.springframework.batch.core.configuration.support.MapJobRegistry;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The job and what it needs, beside Spring Boot's beans for the database and Spring Batch. */
@Configuration(proxyBeanMethods = false)
@Import(DatabaseConfiguration.class)
public class BatchConfiguration {

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

  /** Leases have connections of their own, outside the pool that everything else shares. */
  @Bean(destroyMethod = "close")
  Leases leases(
      DataSourceProperties properties, Environment environment, Clocks clocks, Channels channels) {
    return new Leases(
        DatabaseConfiguration.unpooled(properties, environment),
        channels.lease(),
        host() + "/" + ProcessHandle.current().pid(),
        clocks.nanos());
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown host";
    }
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
  OldRuns oldRuns(
      JobRepository repository,
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      Clocks clocks) {
    return new OldRuns(repository, jdbc, new TransactionTemplate(transactions), clocks.clock());
  }

  @Bean
  ChannelRun.Shared shared(Ledgers ledgers, Channels channels, Clocks clocks) {
    return new ChannelRun.Shared(
        ledgers, new PayloadMemory(channels.memory().toBytes()), new RunThreads(), clocks);
  }

  @Bean
  RunLauncher.Batch batch(JobOperator operator, JobRepository repository, JdbcTemplate jdbc) {
    return new RunLauncher.Batch(operator, repository, jdbc);
  }

  /** For Spring Batch's own command line, which finds jobs there by their names. */
  @Bean
  @ConditionalOnMissingBean
  JobRegistry jobRegistry() {
    return new MapJobRegistry();
  }

  @Bean(DispatchJob.NAME)
  DispatchJob dispatch(RunLauncher launcher, JobRepository repository, Clocks clocks) {
    return new DispatchJob(launcher::execute, repository, clocks);
  }

  @Bean
  RunHistory runs(JobRepository repository, JdbcTemplate jdbc, Leases leases) {
    return new RunHistory(repository, jdbc, leases);
  }
}
