package dev.stretto.cli;

import dev.stretto.outbox.H2Url;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Gives an H2 file the settings that keep the contract, and explains why a database does not open. */
final class DatabaseUrl implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private static final String URL = "spring.datasource.url";
  private static final String USER = "spring.datasource.username";
  private static final String PASSWORD = "spring.datasource.password";
  private static final int H2_ALREADY_OPEN = 90020;
  private static final int H2_UNSUPPORTED_FILE = 90048;

  private String url = "";
  private @Nullable String password;

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    ConfigurableEnvironment environment = context.getEnvironment();
    url = required(environment, URL);
    required(environment, USER);
    password = required(environment, PASSWORD);
    if (!H2Url.isH2(url)) {
      return;
    }
    Map<String, Object> completed = new HashMap<>();
    completed.put(URL, H2Url.complete(url));
    if (environment.getProperty(USER) == null && !H2Url.hasSetting(url, "USER")) {
      completed.put(USER, "sa");
    }
    environment.getPropertySources().addFirst(new MapPropertySource("stretto database", completed));
  }

  /** A variable that is not set would otherwise be taken literally, as in a password of {@code ${DB}}. */
  private static String required(ConfigurableEnvironment environment, String property) {
    String value = environment.getProperty(property, "");
    int start = value.indexOf("${");
    int end = value.indexOf('}', Math.max(start, 0));
    if (start >= 0 && end > start) {
      throw new CommandException(
          ExitCode.USAGE,
          property + ": the environment variable " + value.substring(start + 2, end) + " is not set");
    }
    return value;
  }

  CommandException explain(RuntimeException failure) {
    return new CommandException(
        ExitCode.FAILED, "the database " + shown(url) + " " + problem(failure), failure);
  }

  private String problem(RuntimeException failure) {
    SchemaMismatchException schema = Messages.find(failure, SchemaMismatchException.class);
    if (schema != null) {
      return Messages.firstLine(schema);
    }
    SQLException sql = Messages.find(failure, SQLException.class);
    if (sql != null) {
      return problem(sql);
    }
    FlywayException flyway = Messages.find(failure, FlywayException.class);
    if (flyway != null) {
      return "can't be migrated: " + withoutSecrets(Messages.firstLine(flyway));
    }
    return "can't be opened (check " + URL + "): " + withoutSecrets(Messages.firstLine(Messages.root(failure)));
  }

  private String problem(SQLException e) {
    if (e.getErrorCode() == H2_ALREADY_OPEN) {
      return "is held by another program that shares it with nobody: end that program, or let it add"
          + " AUTO_SERVER=TRUE to its URL";
    }
    if (e.getErrorCode() == H2_UNSUPPORTED_FILE) {
      return "was written by another version of H2: use the Stretto that wrote it, or another database";
    }
    if (String.valueOf(e.getSQLState()).startsWith("28")) {
      return "refuses the user name or password: set " + USER + " and " + PASSWORD;
    }
    return "can't be opened (check " + URL + "): " + withoutSecrets(Messages.firstLine(e));
  }

  /** The URL without settings or user information, where a password could stand. */
  private static String shown(String url) {
    return url.replaceFirst("[;?].*", "").replaceFirst("//[^/]*@", "//");
  }

  private String withoutSecrets(String text) {
    String clean = text.replace(url, shown(url)).replaceAll("(?i)(password=)[^;&\\s]*", "$1***");
    return password == null || password.isEmpty() ? clean : clean.replace(password, "***");
  }
}
