package dev.stretto.benchmark;

import dev.stretto.database.schema.DatabaseConfiguration;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.batch.autoconfigure.BatchAutoConfiguration;
import org.springframework.boot.batch.jdbc.autoconfigure.BatchJdbcAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.PlatformTransactionManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@link StockJob} in a JVM of its own. */
@Command(name = "stock")
public final class StockMain implements Callable<Integer> {

  @Option(names = "--url", required = true)
  private String url = "";

  @Option(names = "--version", required = true)
  private String version = "";

  @Option(names = "--overlap", required = true)
  private int overlap;

  @Option(names = "--chunk", required = true)
  private int chunk;

  @Option(names = "--messages", required = true)
  private int messages;

  @Option(names = "--database", required = true)
  private String database = "";

  @Option(names = "--user", required = true)
  private String user = "";

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new StockMain()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    try (ConfigurableApplicationContext context = context();
        StockHttp http = new StockHttp(url, version, overlap)) {
      StockJob job =
          new StockJob(
              context.getBean(JobRepository.class),
              context.getBean(PlatformTransactionManager.class),
              context.getBean(DataSource.class),
              chunk,
              http);
      JobExecution execution =
          context.getBean(JobOperator.class).start(job.job(overlap, messages), new JobParameters());
      execution.getAllFailureExceptions().forEach(failure -> System.err.println(failure));
      return execution.getStatus() == BatchStatus.COMPLETED ? 0 : 1;
    }
  }

  private ConfigurableApplicationContext context() {
    return new SpringApplicationBuilder(Beans.class)
        .web(WebApplicationType.NONE)
        .bannerMode(Banner.Mode.OFF)
        .logStartupInfo(false)
        .run(
            "--spring.config.location=classpath:/dev/stretto/cli/start/",
            "--spring.datasource.url=" + database,
            "--spring.datasource.username=" + user,
            "--spring.batch.job.enabled=false",
            "--spring.batch.jdbc.initialize-schema=never");
  }

  @Configuration(proxyBeanMethods = false)
  @Import(DatabaseConfiguration.class)
  @ImportAutoConfiguration({
    DataSourceAutoConfiguration.class,
    DataSourceTransactionManagerAutoConfiguration.class,
    JdbcTemplateAutoConfiguration.class,
    BatchAutoConfiguration.class,
    BatchJdbcAutoConfiguration.class
  })
  static class Beans {}
}
