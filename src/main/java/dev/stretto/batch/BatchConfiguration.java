package dev.stretto.batch;

import dev.stretto.database.schema.DatabaseConfiguration;
import dev.stretto.database.schema.LeaseConnections;
import dev.stretto.dispatch.Clocks;
import dev.stretto.follow.Arrivals;
import dev.stretto.follow.Listening;
import dev.stretto.metrics.Telemetry;
import org.springframework.batch.core.configuration.JobRegistry;
import org.springframework.batch.core.configuration.support.MapJobRegistry;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;

/** The job and what it needs, beside Spring Boot's beans for the database and Spring Batch. */
@Configuration(proxyBeanMethods = false)
@Import({RunConfiguration.class, DatabaseConfiguration.class})
public class BatchConfiguration {

  @Bean
  RunConfiguration.JobTables jobTables(
      JobRepository repository, JdbcTemplate jdbc, PlatformTransactionManager transactions) {
    return new RunConfiguration.JobTables(repository, jdbc, transactions);
  }

  /** Listens only once it is started. */
  @Bean(destroyMethod = "close")
  Listening listening(
      LeaseConnections connections, JdbcTemplate jdbc, Arrivals arrivals, Clocks clocks) {
    return new Listening(connections.connections(), jdbc, arrivals, clocks.nanos());
  }

  /** For Spring Batch's own command line, which finds jobs there by their names. */
  @Bean
  @ConditionalOnMissingBean
  JobRegistry jobRegistry() {
    return new MapJobRegistry();
  }

  @Bean(DispatchJob.NAME)
  DispatchJob dispatch(
      RunLauncher launcher,
      JobRepository repository,
      Clocks clocks,
      ObjectProvider<Telemetry> telemetry) {
    return new DispatchJob(
        launcher::execute,
        repository,
        clocks,
        () -> telemetry.getIfAvailable(() -> Telemetry.NONE));
  }
}
