package dev.stretto.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.cli.start.StrettoConfiguration;
import dev.stretto.message.Message;
import dev.stretto.settings.Channels;
import dev.stretto.transport.TransportType;
import dev.stretto.transport.java.RejectedException;
import dev.stretto.transport.java.Sender;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.configuration.JobRegistry;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.batch.autoconfigure.BatchJobLauncherAutoConfiguration;
import org.springframework.boot.batch.jdbc.autoconfigure.BatchJdbcAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An application with JDBC alone, on a database in memory. */
class StrettoAutoConfigurationTest {

  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  DataSourceAutoConfiguration.class,
                  DataSourceTransactionManagerAutoConfiguration.class,
                  JdbcTemplateAutoConfiguration.class,
                  JdbcClientAutoConfiguration.class,
                  BatchJdbcAutoConfiguration.class,
                  BatchJobLauncherAutoConfiguration.class,
                  StrettoAutoConfiguration.class))
          .withUserConfiguration(Shop.class)
          .withPropertyValues(
              "stretto.enabled=true",
              "stretto.channels.warehouse.transport=java",
              "spring.batch.jdbc.table-prefix=SHOP_",
              "spring.batch.jdbc.initialize-schema=never");

  @Test
  void nothingIsThereBeforeItIsAskedFor() {
    application
        .withPropertyValues("stretto.enabled=false")
        .run(context -> {
          assertThat(context).doesNotHaveBean(StrettoOutbox.class);
          assertThat(context).doesNotHaveBean(Job.class).doesNotHaveBean(JobRegistry.class);
          assertThat(count(context, "information_schema.schemata where schema_name = 'STRETTO'"))
              .isZero();
        });
  }

  @Test
  void theSenderOfAChannelMayBeTheBeanOfItsName() {
    application.run(context -> {
      jobTables(context);
      String first = append(context, OutboxMessage.to("warehouse", "1"));
      String second =
          append(
              context,
              OutboxMessage.to("warehouse", "<order/>")
                  .withKey("c-1")
                  .withMessageId("order-2")
                  .withContentType("application/xml")
                  .withHeaders(Map.of("X-Shop", "\"a\" b")));

      JobExecution execution = launch(context);

      assertThat(execution.getExitStatus()).isEqualTo(ExitStatus.COMPLETED);
      List<Message> sent = context.getBean(Warehouse.class).sent;
      assertThat(sent).extracting(Message::messageId).containsExactly(first, second);
      assertThat(second).isEqualTo("order-2");
      Message last = sent.getLast();
      assertThat(last.orderingKey()).isEqualTo("c-1");
      assertThat(last.contentType()).isEqualTo("application/xml");
      assertThat(last.headers()).isEqualTo(Map.of("X-Shop", "\"a\" b"));
      assertThat(last.payload()).isEqualTo("<order/>");
      assertThat(context.getBean(Warehouse.class).closed)
          .as("the application's to close")
          .isFalse();
      assertThat(count(context, "shop_job_execution")).isEqualTo(1);
    });
  }

  @Test
  void aChannelMayHaveEachTransportThatTheCommandLineHas() {
    List<String> transports =
        StrettoConfiguration.transports(new StandardEnvironment()).stream()
            .map(TransportType::name)
            .toList();
    application
        .withPropertyValues(
            transports.stream()
                .map(name -> "stretto.channels." + name + ".transport=" + name)
                .toArray(String[]::new))
        .run(context -> {
          Channels channels = context.getBean(Channels.class);
          assertThat(channels.names()).containsAll(transports);
          assertThat(channels.faults()).isEmpty();
        });
  }

  @Test
  void anAppendIsUndoneWithTheRestOfItsTransaction() {
    application.run(context -> {
      var transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
      JdbcClient jdbc = context.getBean(JdbcClient.class);
      jdbc.sql("create table orders (id bigint primary key)").update();

      transaction.executeWithoutResult(status -> {
        jdbc.sql("insert into orders values (1)").update();
        context.getBean(StrettoOutbox.class).append("warehouse", null, "1");
        status.setRollbackOnly();
      });

      assertThat(count(context, "orders")).isZero();
      assertThat(count(context, "stretto.outbox_message")).isZero();
    });
  }

  @Test
  void anIdIsTakenOnce() {
    application.run(context -> {
      OutboxMessage message = OutboxMessage.to("warehouse", "1").withMessageId("order-1");
      append(context, message);

      assertThatThrownBy(() -> append(context, message))
          .isInstanceOf(DataIntegrityViolationException.class);
      assertThat(count(context, "stretto.outbox_message")).isEqualTo(1);
    });
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          nowhere,   c-1,  order-1,  'stretto.channels has no channel nowhere, but [warehouse]'
          warehouse, '',   order-1,  the key must not be empty
          warehouse, c-1,  'order ', 'the message id must not begin or end with a blank'
          """)
  void whatCannotBeMeantIsNamed(String channel, String key, String id, String problem) {
    application.run(context -> {
      OutboxMessage message = OutboxMessage.to(channel, "1").withKey(key).withMessageId(id);

      assertThatThrownBy(() -> append(context, message))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(problem);
    });
  }

  @Test
  void aChannelWithoutASenderSaysSo() {
    application
        .withPropertyValues("stretto.channels.other.transport=java")
        .run(context -> {
          jobTables(context);
          append(context, OutboxMessage.to("other", "1"));

          assertThat(launch(context, "other").getExitStatus().getExitDescription())
              .contains("stretto.channels.other.java.class: is required")
              .contains("or make a bean of that type named other");
        });
  }

  @Test
  void whatIsMeasuredGoesToTheApplicationsRegistries() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    ObservationRegistry observations = ObservationRegistry.create();
    observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
    application
        .withBean(MeterRegistry.class, () -> meters)
        .withBean(ObservationRegistry.class, () -> observations)
        .run(context -> {
          jobTables(context);
          append(context, OutboxMessage.to("warehouse", "1"));
          launch(context);
          append(context, OutboxMessage.to("warehouse", "2"));
          launch(context, "warehouse", "2");

          assertThat(meters.get("stretto.run.delivered").tag("channel", "warehouse"))
              .extracting(search -> search.functionCounter().count())
              .as("of both runs")
              .isEqualTo(2.0);
          assertThat(meters.get("stretto.run.calls").tag("outcome", "delivered").timer().count())
              .isEqualTo(2);
          assertThat(meters.get("spring.batch.job").timer().count()).isEqualTo(2);
          assertThat(meters.get("spring.batch.step").timer().count()).isEqualTo(2);
        });
  }

  @Configuration(proxyBeanMethods = false)
  static class Shop {
    @Bean
    Warehouse warehouse() {
      return new Warehouse();
    }
  }

  static final class Warehouse implements Sender {

    final List<Message> sent = new CopyOnWriteArrayList<>();
    volatile boolean closed;

    @Override
    public void send(Message message) throws RejectedException {
      sent.add(message);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static String append(ApplicationContext context, OutboxMessage message) {
    var transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
    return Objects.requireNonNull(
        transaction.execute(status -> context.getBean(StrettoOutbox.class).append(message)));
  }

  private static JobExecution launch(ApplicationContext context) throws Exception {
    return launch(context, "warehouse");
  }

  private static JobExecution launch(ApplicationContext context, String channel) throws Exception {
    return launch(context, channel, "1");
  }

  private static JobExecution launch(ApplicationContext context, String channel, String launch)
      throws Exception {
    return context
        .getBean(JobOperator.class)
        .start(
            context.getBean("strettoDispatch", Job.class),
            new JobParametersBuilder()
                .addString("channel", channel)
                .addString("launch", launch)
                .toJobParameters());
  }

  /** As an application that renames them makes them. */
  private static void jobTables(ApplicationContext context) {
    JdbcClient jdbc = context.getBean(JdbcClient.class);
    for (String table :
        List.of(
            "JOB_INSTANCE",
            "JOB_EXECUTION",
            "JOB_EXECUTION_PARAMS",
            "JOB_EXECUTION_CONTEXT",
            "STEP_EXECUTION",
            "STEP_EXECUTION_CONTEXT")) {
      jdbc.sql("create table SHOP_%1$s as select * from stretto.BATCH_%1$s".formatted(table))
          .update();
    }
    for (String sequence : List.of("JOB_INSTANCE", "JOB_EXECUTION", "STEP_EXECUTION")) {
      jdbc.sql("create sequence SHOP_" + sequence + "_SEQ").update();
    }
  }

  private static long count(ApplicationContext context, String rows) {
    return context
        .getBean(JdbcClient.class)
        .sql("select count(*) from " + rows)
        .query(Long.class)
        .single();
  }
}
