package dev.stretto.job;

import dev.stretto.database.DatabaseConfiguration;
import dev.stretto.dispatch.Times;
import dev.stretto.lease.Leases;
import dev.stretto.ledger.Ledgers;
import dev.stretto.outbox.Durability;
import dev.stretto.outbox.OutboxRuns;
import dev.stretto.outbox.SettledMessages;
import dev.stretto.transport.TransportType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
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
public class JobConfiguration {

  @Bean
  Times times() {
    return new Times(
        System::nanoTime, Clock.systemUTC(), () -> ThreadLocalRandom.current().nextLong());
  }

  @Bean
  OutboxRuns outboxRuns(JdbcTemplate jdbc) {
    return new OutboxRuns(jdbc);
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
      Times times) {
    return new Ledgers(jdbc, new TransactionTemplate(transactions), durability, times.nanos());
  }

  /** Leases have connections of their own, outside the pool that everything else shares. */
  @Bean(destroyMethod = "close")
  Leases leases(
      DataSourceProperties properties, Environment environment, Times times, Channels channels) {
    return new Leases(
        DatabaseConfiguration.unpooled(properties, environment),
        channels.lease(),
        host() + "/" + ProcessHandle.current().pid(),
        times.nanos());
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
      Ledgers ledgers,
      Channels channels,
      RunLauncher.Batch batch,
      Times times) {
    return new RunLauncher(
        opener, leases, ledgers, new Retention(ledgers, channels.retention()), batch, times);
  }

  @Bean
  RunLauncher.Batch batch(JobOperator operator, JobRepository repository) {
    return new RunLauncher.Batch(operator, repository);
  }

  /** For Spring Batch's own command line, which finds jobs there by their names. */
  @Bean
  @ConditionalOnMissingBean
  JobRegistry jobRegistry() {
    return new MapJobRegistry();
  }

  @Bean(DispatchJob.NAME)
  DispatchJob dispatch(RunLauncher launcher, JobRepository repository, Times times) {
    return new DispatchJob(launcher::execute, repository, times);
  }

  @Bean
  Runs runs(JobRepository repository, JdbcTemplate jdbc, Leases leases) {
    return new Runs(repository, jdbc, leases);
  }
}
