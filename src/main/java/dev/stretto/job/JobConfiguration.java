package dev.stretto.job;

import dev.stretto.database.DatabaseConfiguration;
import dev.stretto.dispatch.Times;
import dev.stretto.lease.Leases;
import dev.stretto.outbox.Durability;
import dev.stretto.outbox.OutboxChannels;
import dev.stretto.outbox.OutboxHeld;
import dev.stretto.outbox.OutboxJournal;
import dev.stretto.outbox.OutboxLanes;
import dev.stretto.outbox.OutboxMessages;
import dev.stretto.outbox.OutboxRuns;
import dev.stretto.outbox.SettledMessages;
import dev.stretto.outbox.StrayMessages;
import dev.stretto.transport.TransportType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
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
  Outbox outbox(
      JdbcTemplate jdbc,
      OutboxRuns runs,
      SettledMessages settled,
      PlatformTransactionManager transactions,
      Durability durability) {
    TransactionTemplate transaction = new TransactionTemplate(transactions);
    return new Outbox(
        new OutboxMessages(jdbc),
        new OutboxLanes(jdbc),
        new OutboxHeld(jdbc),
        new OutboxChannels(jdbc),
        new OutboxJournal(jdbc, transaction),
        runs,
        new StrayMessages(jdbc),
        settled,
        transaction,
        durability);
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
  Launches launches(
      Channels channels, List<TransportType> transports, Leases leases, Outbox outbox) {
    return new Launches(channels, transports, leases, outbox.messages());
  }

  @Bean(DispatchJob.NAME)
  DispatchJob dispatch(Launches launches, Outbox outbox, JobRepository repository, Times times) {
    return new DispatchJob(launches, outbox, repository, times);
  }

  @Bean
  Runs runs(JobRepository repository, JdbcTemplate jdbc, Leases leases) {
    return new Runs(repository, jdbc, leases);
  }

  @Bean
  Dispatches dispatches(
      Launches launches,
      DispatchJob job,
      JobOperator operator,
      JobRepository repository,
      Outbox outbox,
      Times times) {
    return new Dispatches(launches, job, operator, repository, outbox, times);
  }
}
