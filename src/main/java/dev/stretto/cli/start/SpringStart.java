package dev.stretto.cli.start;

import dev.stretto.cli.start.configuration.LogFormatCheck;
import dev.stretto.cli.start.configuration.NamesCheck;
import dev.stretto.cli.start.configuration.QuietEnvironment;
import dev.stretto.cli.start.configuration.WrittenYaml;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationInitializer;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Starts Spring for one command: no web, no banner, no hook, and no bean before it is asked for.
 */
final class SpringStart {

  private final List<String> properties;
  private final boolean debug;

  SpringStart(List<String> properties, boolean debug) {
    this.properties = properties;
    this.debug = debug;
  }

  /** Returns once the configuration is read and the database is open and migrated. */
  OpenApplication start() {
    return start(new DatabaseOpening(), context -> {});
  }

  /**
   * Like {@link #start}, but other commands may use the same H2 file meanwhile.
   *
   * @param needless is asked once the configuration is read and the database is open, before it is
   *     migrated: whether the application has nothing to do
   * @return empty where it has not
   */
  Optional<OpenApplication> startUnless(Predicate<ConfigurableEnvironment> needless) {
    DatabaseOpening database = new DatabaseOpening();
    try {
      return Optional.of(
          start(
              database,
              context -> {
                if (needless.test(context.getEnvironment())) {
                  throw new SpringApplication.AbandonedRunException();
                }
                // Not before: who comes in would overtake, take the lease, and need this JVM's
                // file.
                database.serve();
              }));
    } catch (SpringApplication.AbandonedRunException e) {
      return Optional.empty();
    }
  }

  private OpenApplication start(
      DatabaseOpening database,
      ApplicationContextInitializer<ConfigurableApplicationContext> opened) {
    boolean started = false;
    try {
      ConfigurableApplicationContext context = run(database, opened);
      migrate(context, database);
      started = true;
      return new OpenApplication(context, database);
    } finally {
      if (!started) {
        database.close();
      }
    }
  }

  private ConfigurableApplicationContext run(
      DatabaseOpening database,
      ApplicationContextInitializer<ConfigurableApplicationContext> opened) {
    SpringApplication application = application();
    application.addListeners(new NamesCheck(), new LogFormatCheck());
    application.addInitializers(database, opened);
    CommandLog.leaveToSpring();
    return run(application);
  }

  /** Reads the configuration, and opens nothing, not even the log that it asks for. */
  ConfigurableEnvironment read() {
    ReadOnly reading = new ReadOnly();
    SpringApplication application = application();
    application.addListeners(reading);
    try {
      run(application);
    } catch (SpringApplication.AbandonedRunException e) {
      // It has read what it was to read.
    }
    return reading.environment();
  }

  private SpringApplication application() {
    SpringApplication application = new SpringApplication(StrettoConfiguration.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setBannerMode(Banner.Mode.OFF);
    application.setLogStartupInfo(false);
    application.setRegisterShutdownHook(false);
    application.setLazyInitialization(true);
    application.setDefaultProperties(defaults());
    application.setEnvironment(new QuietEnvironment());
    return application;
  }

  private ConfigurableApplicationContext run(SpringApplication application) {
    try {
      return WrittenYaml.readingFiles(() -> application.run(lastOfEach(properties)));
    } catch (SpringApplication.AbandonedRunException e) {
      throw e;
    } catch (RuntimeException e) {
      throw ConfigurationFailure.explain(e);
    }
  }

  /** Spring would join the values of a property that is given twice. */
  private static String[] lastOfEach(List<String> properties) {
    Map<String, String> byName = new LinkedHashMap<>();
    properties.forEach(property -> byName.put(property.replaceFirst("=.*", ""), property));
    return byName.values().toArray(String[]::new);
  }

  private static void migrate(ConfigurableApplicationContext context, DatabaseOpening database) {
    try {
      context.getBean(FlywayMigrationInitializer.class);
    } catch (RuntimeException e) {
      context.close();
      throw database.explain(e);
    }
  }

  private Map<String, Object> defaults() {
    Map<String, Object> defaults = new HashMap<>();
    List<String> locations = new ArrayList<>();
    locations.add(CommandContext.DEFAULTS);
    locations().forEach(folder -> locations.add("optional:file:" + folder));
    defaults.put("spring.config.location", String.join(",", locations));
    if (debug) {
      defaults.put("logging.level.root", "INFO");
      defaults.put("logging.level.org.springframework.batch", "INFO");
      defaults.put("logging.level.dev.stretto", "DEBUG");
    }
    return defaults;
  }

  /** Folders with an application.yaml, those that win last. */
  private static List<String> locations() {
    List<String> folders = new ArrayList<>();
    String home = System.getProperty("stretto.home");
    if (home != null) {
      folders.add(home + "/config/");
    }
    folders.add("./");
    folders.add("./config/");
    return folders;
  }
}
