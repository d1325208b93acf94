package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.lease.Leases;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.batch.core.configuration.JobRegistry;
import org.springframework.batch.core.converter.DefaultJobParametersConverter;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecutionException;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.launch.support.CommandLineJobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.batch.autoconfigure.BatchJobLauncherAutoConfiguration;
import org.springframework.boot.batch.autoconfigure.JobLauncherApplicationRunner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.util.StringUtils;

/** A run is the same whoever launches it. */
class LaunchersTest {

  /** A holder shows that it lives with its next renewal, after a fifth of it. */
  private static final String SEEN_SOON = "stretto.lease=4s";

  @TempDir private Path folder;

  /** Launchers that people use beside the command {@code dispatch}. */
  enum Launcher {
    JOB_OPERATOR {
      @Override
      void launch(ConfigurableApplicationContext context, String... parameters) throws Exception {
        context
            .getBean(JobOperator.class)
            .start(
                context.getBean(Job.class),
                new DefaultJobParametersConverter().getJobParameters(properties(parameters)));
      }
    },
    COMMAND_LINE {
      @Override
      void launch(ConfigurableApplicationContext context, String... parameters) {
        new CommandLineJobOperator(
                context.getBean(JobOperator.class),
                context.getBean(JobRepository.class),
                context.getBean(JobRegistry.class))
            .start("dispatch", properties(parameters));
      }
    },
    BOOTS_RUNNER {
      @Override
      void launch(ConfigurableApplicationContext context, String... parameters)
          throws JobExecutionException {
        JobLauncherApplicationRunner runner =
            new JobLauncherApplicationRunner(context.getBean(JobOperator.class));
        runner.setJobs(context.getBeansOfType(Job.class).values());
        runner.setJobName("dispatch");
        runner.run(parameters);
      }
    };

    abstract void launch(ConfigurableApplicationContext context, String... parameters)
        throws Exception;

    private static Properties properties(String... parameters) {
      return Objects.requireNonNull(StringUtils.splitArrayElementsIntoProperties(parameters, "="));
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesTheParametersInTheFormsOfTheOptions(Launcher launcher) throws Exception {
    try (JobFixture fixture = new JobFixture(Database.H2, folder)) {
      fixture.append(5);

      launcher.launch(
          fixture.context,
          "channel=space",
          "launch=1",
          "for=50s",
          "window=2,java.lang.Long",
          "rate=1000/s",
          "ordering=strict",
          "limit=3");

      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 3, "PENDING", 2));
      assertThat(lastRun(fixture)).isEqualTo("COMPLETED COMPLETED ");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "for=50, job parameter for: must be a time",
    "window=none, job parameter window: must be a whole number",
    "limit=0, 'job parameter limit: must be 1 or more, not 0'",
    "rate=fast, job parameter rate: must be",
    "ordering=any, job parameter ordering: must be",
    "channel=nowhere, job parameter channel: "
  })
  void aParameterThatCannotBeReadIsNamed(String parameter, String message) throws Exception {
    try (JobFixture fixture = new JobFixture(Database.H2, folder)) {
      fixture.append(1);

      Launcher.COMMAND_LINE.launch(fixture.context, "channel=space", "launch=1", parameter);

      assertThat(lastRun(fixture)).startsWith("FAILED FAILED ").contains(message);
      assertThat(fixture.statuses()).isEqualTo(Map.of("PENDING", 1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void marksWhatAKilledRunLeftAsFailed(Launcher launcher) throws Exception {
    try (JobFixture fixture = new JobFixture(Database.H2, folder)) {
      fixture.append(3);
      fixture.dispatch();
      fixture.jdbc.update("update BATCH_STEP_EXECUTION set status = 'STARTED', end_time = null");
      fixture.jdbc.update("update BATCH_JOB_EXECUTION set status = 'STARTED', end_time = null");
      fixture.append(3);

      launcher.launch(fixture.context, "channel=space", "launch=next");

      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 6));
      assertThat(
              fixture.jdbc.queryForList(
                  "select status from BATCH_JOB_EXECUTION order by job_execution_id", String.class))
          .containsExactly("FAILED", "COMPLETED");
      assertThat(fixture.jdbc.queryForList("select status from BATCH_STEP_EXECUTION", String.class))
          .doesNotContain("STARTED");
      assertThat(fixture.launch())
          .as("nothing is left for dispatch")
          .isInstanceOf(RunResult.NothingToDo.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void dispatchCarriesOnAfterAKilledRunOfAnotherLauncher(Launcher launcher) throws Exception {
    try (JobFixture fixture = new JobFixture(Database.H2, folder)) {
      for (int i = 0; i < 2; i++) {
        fixture.append(3);
        launcher.launch(fixture.context, "channel=space", "number=" + i);
        fixture.jdbc.update(
            "update BATCH_JOB_EXECUTION set status = 'STARTED', end_time = null"
                + " where job_execution_id = (select max(job_execution_id) from"
                + " BATCH_JOB_EXECUTION)");
        fixture.append(1);

        assertThat(fixture.dispatch().counts().delivered()).isEqualTo(1);
      }
      assertThat(
              fixture.jdbc.queryForList(
                  "select status from BATCH_JOB_EXECUTION order by job_execution_id", String.class))
          .containsExactly("FAILED", "COMPLETED", "FAILED", "COMPLETED");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aChannelThatAnotherRunHoldsIsNoFailure(Launcher launcher) throws Exception {
    try (JobFixture fixture = new JobFixture(Database.H2, folder, SEEN_SOON)) {
      fixture.append(1);
      fixture.context.getBean(Leases.class).acquire("space");

      launcher.launch(fixture.context, "channel=space", "launch=1");

      assertThat(lastRun(fixture)).startsWith("STOPPED HELD ").contains("is held by");
      assertThat(fixture.statuses()).isEqualTo(Map.of("PENDING", 1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aGateThatIsClosedForLongIsHonouredBeforeTheRunBegins(Launcher launcher) throws Exception {
    try (JobFixture fixture = new JobFixture(Database.H2, folder)) {
      fixture.append(1);
      fixture.jdbc.update(
          "insert into outbox_channel (channel, gate_closed_until, gate_reason)"
              + " values ('space', timestamp '2099-01-01 00:00:00', 'HTTP 503')");

      launcher.launch(fixture.context, "channel=space", "launch=1");

      assertThat(lastRun(fixture)).startsWith("STOPPED UNAVAILABLE ").contains("HTTP 503");
      assertThat(fixture.transport.calls()).isEmpty();
      assertThat(fixture.jdbc.queryForList("select * from outbox_run")).as("runs").isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theRetentionGoesByWhetherOrNotThereIsSomethingToSend(Launcher launcher) throws Exception {
    try (JobFixture fixture = new JobFixture(Database.H2, folder, "stretto.retention=1d")) {
      fixture.append(2);
      fixture.dispatch();
      fixture.jdbc.update("update outbox_message set settled_at = timestamp '2026-01-01 00:00:00'");
      fixture.append(1);

      launcher.launch(fixture.context, "channel=space", "launch=1");

      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 1));
      fixture.jdbc.update("update outbox_message set settled_at = timestamp '2026-01-01 00:00:00'");

      launcher.launch(fixture.context, "channel=space", "launch=2");

      assertThat(fixture.statuses()).isEmpty();
      assertThat(lastRun(fixture)).isEqualTo("COMPLETED COMPLETED nothing waited");
    }
  }

  @Test
  void theCommandLinesExitCodeSaysWhetherAnythingIsLeftToDo() throws Exception {
    try (JobFixture fixture = new JobFixture(Database.H2, folder, SEEN_SOON)) {
      CommandLineJobOperator operator =
          new CommandLineJobOperator(
              fixture.context.getBean(JobOperator.class),
              fixture.context.getBean(JobRepository.class),
              fixture.context.getBean(JobRegistry.class));
      fixture.append(1);

      assertThat(operator.start("dispatch", Launcher.properties("channel=space", "launch=1")))
          .as("sent")
          .isZero();
      assertThat(operator.start("dispatch", Launcher.properties("channel=space", "launch=2")))
          .as("idle")
          .isZero();
      fixture.context.getBean(Leases.class).acquire("space");
      assertThat(operator.start("dispatch", Launcher.properties("channel=space", "launch=3")))
          .as("held")
          .isEqualTo(1);
    }
  }

  @Test
  void bootRunsItWhereItIsNamed() throws Exception {
    FreshDatabase database = Database.H2.fresh(folder);
    try (JobFixture fixture = new JobFixture(database)) {
      fixture.append(4);
    }

    try (ConfigurableApplicationContext application =
        application(
            Launched.class,
            database,
            "--spring.batch.job.enabled=true",
            "--spring.batch.job.name=dispatch",
            "channel=space",
            "launch=1",
            "limit=3")) {
      assertThat(delivered(application)).isEqualTo(3);
    }
  }

  @Test
  void anApplicationsScheduleRunsIt() {
    FreshDatabase database = Database.H2.fresh(folder);
    try (ConfigurableApplicationContext application = application(OnSchedule.class, database)) {
      application
          .getBean(JdbcTemplate.class)
          .update("insert into outbox_message (channel, payload) values ('space', '1')");

      Awaitility.await().until(() -> delivered(application) == 1);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import(JobFixture.Beans.class)
  @ImportAutoConfiguration(BatchJobLauncherAutoConfiguration.class)
  static class Launched {}

  @Configuration(proxyBeanMethods = false)
  @EnableScheduling
  @Import(JobFixture.Beans.class)
  static class OnSchedule {
    @Bean
    ThreadPoolTaskScheduler taskScheduler() {
      ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
      scheduler.setWaitForTasksToCompleteOnShutdown(true);
      scheduler.setAwaitTerminationSeconds(60);
      return scheduler;
    }

    @Bean
    EveryMoment everyMoment(JobOperator operator, Job dispatch) {
      return new EveryMoment(operator, dispatch);
    }
  }

  /** As an application would write it. */
  static final class EveryMoment {
    private final JobOperator operator;
    private final Job dispatch;
    private long launches;

    EveryMoment(JobOperator operator, Job dispatch) {
      this.operator = operator;
      this.dispatch = dispatch;
    }

    @Scheduled(fixedDelay = 50)
    void send() throws JobExecutionException {
      operator.start(
          dispatch,
          new DefaultJobParametersConverter()
              .getJobParameters(Launcher.properties("channel=space", "launch=" + ++launches)));
    }
  }

  private static ConfigurableApplicationContext application(
      Class<?> configuration, FreshDatabase database, String... arguments) {
    List<String> all = new ArrayList<>(database.options());
    all.add("--spring.config.location=classpath:/dev/stretto/cli/start/");
    all.add("--stretto.channels.space.transport=rehearsed");
    all.addAll(List.of(arguments));
    return new SpringApplicationBuilder(configuration)
        .web(WebApplicationType.NONE)
        .bannerMode(Banner.Mode.OFF)
        .logStartupInfo(false)
        .run(all.toArray(String[]::new));
  }

  private static int delivered(ConfigurableApplicationContext application) {
    return Objects.requireNonNull(
        application
            .getBean(JdbcTemplate.class)
            .queryForObject(
                "select count(*) from outbox_message where status = 'DELIVERED'", Integer.class));
  }

  private static String lastRun(JobFixture fixture) {
    return lastRun(fixture.jdbc);
  }

  private static String lastRun(JdbcTemplate jdbc) {
    List<String> runs =
        jdbc.query(
            "select status, exit_code, exit_message from BATCH_JOB_EXECUTION"
                + " order by job_execution_id desc",
            (row, number) -> row.getString(1) + " " + row.getString(2) + " " + row.getString(3));
    return runs.getFirst();
  }
}
