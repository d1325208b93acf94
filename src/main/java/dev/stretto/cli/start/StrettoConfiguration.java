package dev.stretto.cli.start;

import dev.stretto.append.Appender;
import dev.stretto.batch.BatchConfiguration;
import dev.stretto.database.Durability;
import dev.stretto.metrics.Telemetry;
import dev.stretto.metrics.otlp.OtlpPush;
import dev.stretto.metrics.scrape.ScrapedMeters;
import dev.stretto.outbox.RunTable;
import dev.stretto.outbox.admin.DeliveredMessages;
import dev.stretto.outbox.admin.ParkedMessages;
import dev.stretto.outbox.admin.RecordedMessages;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.report.StartOrder;
import dev.stretto.settings.Channels;
import dev.stretto.transport.TransportType;
import dev.stretto.transport.broker.BrokerTransportType;
import dev.stretto.transport.exec.ExecTransportType;
import dev.stretto.transport.http.HttpTransportType;
import dev.stretto.transport.java.JavaTransportType;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.batch.autoconfigure.BatchAutoConfiguration;
import org.springframework.boot.batch.jdbc.autoconfigure.BatchJdbcAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The beans of a command; only those that it asks for are made. */
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({
  DataSourceAutoConfiguration.class,
  DataSourceTransactionManagerAutoConfiguration.class,
  TransactionManagerCustomizationAutoConfiguration.class,
  JdbcTemplateAutoConfiguration.class,
  FlywayAutoConfiguration.class,
  BatchAutoConfiguration.class,
  BatchJdbcAutoConfiguration.class
})
@Import(BatchConfiguration.class)
public class StrettoConfiguration {

  @Bean
  static ConnectionLoans connectionLoans() {
    return new ConnectionLoans();
  }

  @Bean
  HttpTransportType httpTransport(ConfigurableEnvironment environment) {
    return new HttpTransportType(Clock.systemUTC(), new TlsBundles(environment));
  }

  @Bean
  JavaTransportType javaTransport() {
    return new JavaTransportType();
  }

  @Bean
  ExecTransportType execTransport() {
    return new ExecTransportType();
  }

  @Bean
  BrokerTransportType kafkaTransport() {
    return BrokerTransportType.kafka();
  }

  @Bean
  BrokerTransportType amqpTransport() {
    return BrokerTransportType.amqp();
  }

  /** The same without Spring. */
  public static List<TransportType> transports(ConfigurableEnvironment environment) {
    return List.of(
        new HttpTransportType(Clock.systemUTC(), new TlsBundles(environment)),
        new JavaTransportType(),
        new ExecTransportType(),
        BrokerTransportType.kafka(),
        BrokerTransportType.amqp());
  }

  /** That of what people are shown while there may be no application. */
  public static Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  Channels channels(ConfigurableEnvironment environment, List<TransportType> transports) {
    return Channels.bind(environment, transports);
  }

  @Bean
  ScrapedMeters scrapedMeters() {
    return new ScrapedMeters();
  }

  /**
   * Sends to whom the setting of Spring Boot's names, and keeps for whoever asks at the port;
   * without these, nothing of that is loaded.
   */
  @Bean
  Telemetry telemetry(
      ConfigurableEnvironment environment,
      Channels channels,
      ObjectProvider<ScrapedMeters> scraped) {
    boolean pushes =
        environment.containsProperty("management.otlp.metrics.export.url")
            && environment.getProperty(
                "management.otlp.metrics.export.enabled", Boolean.class, true);
    boolean keeps = channels.metricsPort() != null;
    if (pushes) {
      OtlpPush push = OtlpPush.start(environment);
      return Telemetry.to(
          keeps ? both(push.registry(), scraped.getObject().registry()) : push.registry(),
          push::end);
    }
    return keeps ? Telemetry.to(scraped.getObject().registry(), () -> {}) : Telemetry.NONE;
  }

  private static MeterRegistry both(MeterRegistry one, MeterRegistry other) {
    return new CompositeMeterRegistry().add(one).add(other);
  }

  @Bean
  Durability durability(DataSource dataSource) {
    return new Durability(dataSource);
  }

  @Bean
  Appender appender(DataSource dataSource, Durability durability) {
    return new Appender(dataSource, durability);
  }

  @Bean
  ParkedMessages parkedMessages(
      JdbcTemplate jdbc, PlatformTransactionManager transactions, Durability durability) {
    return new ParkedMessages(jdbc, new TransactionTemplate(transactions), durability);
  }

  @Bean
  DeliveredMessages deliveredMessages(
      JdbcTemplate jdbc, PlatformTransactionManager transactions, Durability durability) {
    return new DeliveredMessages(jdbc, new TransactionTemplate(transactions), durability);
  }

  @Bean
  RecordedMessages recordedMessages(JdbcTemplate jdbc) {
    return new RecordedMessages(jdbc);
  }

  @Bean
  StartOrder startOrder(RecordedMessages messages, RunTable runs) {
    return new StartOrder(messages, runs);
  }

  @Bean
  ChannelStatuses channelStatuses(JdbcTemplate jdbc) {
    return new ChannelStatuses(jdbc);
  }
}
