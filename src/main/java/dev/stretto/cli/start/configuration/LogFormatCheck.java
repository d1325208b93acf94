package dev.stretto.cli.start.configuration;

import dev.stretto.transport.InvalidSettingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/** Refuses a format of log lines that there is not, before Spring Boot prints why for pages. */
public final class LogFormatCheck
    implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

  private static final String PREFIX = "logging.structured.format.";
  private static final List<String> FORMATS = List.of("ecs", "gelf", "logstash");

  /** Once the configuration is read, and before the log is set up. */
  @Override
  public int getOrder() {
    return LoggingApplicationListener.DEFAULT_ORDER - 1;
  }

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    problems(event.getEnvironment()).stream()
        .findFirst()
        .ifPresent(problem -> {
          throw problem;
        });
  }

  /** Each format that there is not. */
  public static List<InvalidSettingException> problems(Environment environment) {
    List<InvalidSettingException> problems = new ArrayList<>();
    for (String target : List.of("console", "file")) {
      String format = environment.getProperty(PREFIX + target, "");
      if (!format.isEmpty()
          && !FORMATS.contains(format.toLowerCase(Locale.ROOT))
          && !ClassUtils.isPresent(format, null)) {
        problems.add(
            new InvalidSettingException(
                PREFIX + target,
                "there is no format "
                    + format
                    + "; use ecs, gelf or logstash, or the name of a class that formats lines"));
      }
    }
    return problems;
  }
}
