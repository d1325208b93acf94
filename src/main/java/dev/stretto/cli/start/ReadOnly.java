package dev.stretto.cli.start;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/** Ends an application's start once its configuration is read. */
final class ReadOnly implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

  private @Nullable ConfigurableEnvironment environment;

  /** Once the configuration is read, and before the log is set up. */
  @Override
  public int getOrder() {
    return LoggingApplicationListener.DEFAULT_ORDER - 1;
  }

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    environment = event.getEnvironment();
    throw new SpringApplication.AbandonedRunException();
  }

  /** What was read. */
  ConfigurableEnvironment environment() {
    return Objects.requireNonNull(environment);
  }
}
