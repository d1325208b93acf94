package dev.stretto.benchmark;

import dev.stretto.batch.BatchConfiguration;
import dev.stretto.batch.RunLauncher;
import dev.stretto.database.Durability;
import dev.stretto.run.ChannelOpener;
import dev.stretto.run.OpenChannel;
import dev.stretto.run.RunOptions;
import dev.stretto.settings.Channels;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import dev.stretto.transport.TransportSettings;
import dev.stretto.transport.TransportType;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.batch.autoconfigure.BatchAutoConfiguration;
import org.springframework.boot.batch.jdbc.autoconfigure.BatchJdbcAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;

/** Runs the job on H2 to a destination that takes all at once, and counts what its queries scan. */
final class RowsRead {

  private static final String AT_ONCE = "at-once";

  private RowsRead() {}

  /** Sends so many messages of a backlog. H2 counts for queries only, not for updates by id. */
  static double perMessage(Store store, long messages) throws Exception {
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(Beans.class)
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .run(
                "--spring.config.location=classpath:/dev/stretto/cli/start/",
                "--spring.datasource.url=" + store.url(),
                "--spring.datasource.username=" + store.user(),
                "--stretto.channels.space.transport=" + AT_ONCE)) {
      RunOptions options = new RunOptions(messages, null, null, null, null);
      try (OpenChannel channel = context.getBean(ChannelOpener.class).open("space", options)) {
        long delivered =
            context
                .getBean(RunLauncher.class)
                .dispatch(channel, options, run -> {})
                .counts()
                .delivered();
        return (double) context.getBean(ScanCounter.class).rows() / delivered;
      }
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import(BatchConfiguration.class)
  @ImportAutoConfiguration({
    DataSourceAutoConfiguration.class,
    DataSourceTransactionManagerAutoConfiguration.class,
    FlywayAutoConfiguration.class,
    BatchAutoConfiguration.class,
    BatchJdbcAutoConfiguration.class
  })
  static class Beans {

    @Bean
    ScanCounter jdbc(DataSource dataSource) {
      return new ScanCounter(dataSource);
    }

    @Bean
    TransportType transport() {
      return new AtOnce();
    }

    @Bean
    Channels channels(ConfigurableEnvironment environment) {
      return Channels.bind(environment, Set.of(AT_ONCE));
    }

    @Bean
    Durability durability(DataSource dataSource) {
      return new Durability(dataSource);
    }
  }

  /** Takes every message, on the thread that starts it. */
  private static final class AtOnce implements TransportType, Transport {

    @Override
    public String name() {
      return AT_ONCE;
    }

    @Override
    public Transport open(String channel, TransportSettings settings, int window) {
      return this;
    }

    @Override
    public int capacity() {
      return Integer.MAX_VALUE;
    }

    @Override
    public void start(Call call, Progress progress) {
      progress.finished(new Outcome.Delivered());
    }

    @Override
    public void close() {}
  }
}
