package dev.stretto.boot;

import dev.stretto.batch.ApplicationRuns;
import dev.stretto.batch.JobsByName;
import dev.stretto.batch.RunConfiguration;
import dev.stretto.database.schema.ApplicationDatabase;
import dev.stretto.metrics.RunMeters;
import dev.stretto.metrics.Telemetry;
import dev.stretto.settings.Channels;
import dev.stretto.transport.TransportType;
import dev.stretto.transport.broker.BrokerTransportType;
import dev.stretto.transport.exec.ExecTransportType;
import dev.stretto.transport.http.HttpTransportType;
import dev.stretto.transport.java.JavaTransportType;
import dev.stretto.transport.java.Sender;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.configuration.JobRegistry;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.batch.autoconfigure.BatchJobLauncherAutoConfiguration;
import org.springframework.boot.batch.jdbc.autoconfigure.BatchJdbcAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.function.SingletonSupplier;

/**
 * Stretto's beans where {@code stretto.enabled} is true: {@link StrettoOutbox}, and the job {@code
 * dispatch}. They use the application's {@code DataSource}, transaction manager and job repository.
 */
@AutoConfiguration(
    after = {BatchJdbcAutoConfiguration.class, SslAutoConfiguration.class},
    before = BatchJobLauncherAutoConfiguration.class)
@ConditionalOnBooleanProperty("stretto.enabled")
public final class StrettoAutoConfiguration {

  private static final String DISPATCH = "strettoDispatch";

  /** Migrated before anybody appends. */
  @Bean(initMethod = "migrate")
  ApplicationDatabase strettoDatabase(DataSource connections, ConfigurableEnvironment environment) {
    return new ApplicationDatabase(connections, environment);
  }

  @Bean
  Channels strettoChannels(
      ConfigurableEnvironment environment,
      ListableBeanFactory beans,
      ObjectProvider<SslBundles> bundles) {
    Channels channels = Channels.bind(environment, transports(beans, bundles));
    channels
        .faults()
        .forEach(fault -> LoggerFactory.getLogger(StrettoAutoConfiguration.class).warn(fault));
    return channels;
  }

  @Bean
  StrettoOutbox strettoOutbox(
      DataSource connections, ApplicationDatabase database, Channels channels) {
    return new StrettoOutbox(connections, database.schema(), channels);
  }

  @Bean
  ApplicationRuns strettoRuns(ApplicationRuns.Parts parts, ObjectProvider<JobOperator> operator) {
    return new ApplicationRuns(parts, operator::getObject);
  }

  @Bean
  ApplicationRuns.Parts strettoParts(
      ConfigurableEnvironment environment,
      ApplicationDatabase database,
      Channels channels,
      ListableBeanFactory beans,
      ObjectProvider<SslBundles> bundles) {
    String prefix = environment.getProperty("spring.batch.jdbc.table-prefix", "BATCH_");
    return new ApplicationRuns.Parts(
        environment,
        database,
        channels,
        transports(beans, bundles),
        new RunConfiguration.JobTables(
            beans.getBean(JobRepository.class),
            new JdbcTemplate(database.withJobTables(prefix)),
            beans.getBean(PlatformTransactionManager.class)),
        telemetry(beans));
  }

  /** One for all runs, which have their meters in common. */
  private static Supplier<Telemetry> telemetry(ListableBeanFactory beans) {
    return SingletonSupplier.of(() -> {
      MeterRegistry meters = beans.getBeanProvider(MeterRegistry.class).getIfUnique();
      return new Telemetry(
          meters == null ? null : new RunMeters(meters),
          beans.getBeanProvider(ObservationRegistry.class).getIfUnique(),
          () -> {});
    });
  }

  private static List<TransportType> transports(
      ListableBeanFactory beans, ObjectProvider<SslBundles> bundles) {
    return List.of(
        new HttpTransportType(Clock.systemUTC(), name -> bundles.getObject().getBundle(name)),
        new JavaTransportType(channel ->
            beans.containsBean(channel) && beans.isTypeMatch(channel, Sender.class)
                ? beans.getBean(channel, Sender.class)
                : null),
        new ExecTransportType(),
        BrokerTransportType.kafka(),
        BrokerTransportType.amqp());
  }

  /** First of all to stop, while the database is there. */
  @Bean
  StopsRuns strettoStop(ApplicationRuns runs) {
    return new StopsRuns(runs);
  }

  /**
   * For whoever asks for it by its name: to Spring Boot, which runs an application's only job as it
   * starts, it is none.
   */
  @Bean(name = DISPATCH, defaultCandidate = false)
  Job strettoDispatch(ApplicationRuns runs) {
    return runs.job();
  }

  @Bean
  @ConditionalOnMissingBean(JobRegistry.class)
  JobsByName strettoJobRegistry(@Qualifier(DISPATCH) Job dispatch) {
    return new JobsByName(dispatch);
  }
}
