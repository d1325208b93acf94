package dev.stretto.cli.start;

import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ErrorText;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.database.DatabaseFault;
import dev.stretto.database.FileFault;
import dev.stretto.database.OpenDatabase;
import dev.stretto.database.UnusableDatabaseException;
import dev.stretto.database.schema.SchemaMismatchException;
import dev.stretto.transport.InvalidSettingException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.PlaceholderResolutionException;

/** Opens the database before Spring asks for it, and explains why it does not open. */
final class DatabaseOpening
    implements ApplicationContextInitializer<ConfigurableApplicationContext>, AutoCloseable {

  private static final String URL = "spring.datasource.url";
  private static final String USER = "spring.datasource.username";
  private static final String PASSWORD = "spring.datasource.password";
  private static final String NO_SUCH_DATABASE = "3D000";
  private static final int MARIADB_NO_SUCH_DATABASE = 1049;

  private static final Pattern USER_IN_URL = Pattern.compile("(?i);user=");
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseOpening.class);

  /** How long a command waits for another that has an H2 file open for itself. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private String url = "";
  private String password = "";
  private @Nullable OpenDatabase database;

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    ConfigurableEnvironment environment = context.getEnvironment();
    url = address(environment);
    String user = text(environment, USER);
    password = text(environment, PASSWORD);
    if (user.isEmpty() && url.startsWith("jdbc:h2:") && !USER_IN_URL.matcher(url).find()) {
      user = "sa";
    }
    try {
      database = OpenDatabase.open(new OpenDatabase.Request(url, user, password, PATIENCE));
    } catch (SQLException e) {
      throw explain(e);
    }
    Map<String, Object> opened = new HashMap<>();
    opened.put(URL, database.url());
    if (!user.isEmpty()) {
      opened.put(USER, user);
    }
    environment.getPropertySources().addFirst(new MapPropertySource("stretto database", opened));
  }

  /**
   * The database's URL.
   *
   * @throws InvalidSettingException where it can't be meant
   */
  static String address(ConfigurableEnvironment environment) {
    String url = text(environment, URL).strip();
    requireLasting(url);
    DatabaseUrl.check(url);
    return url;
  }

  /**
   * Lets other commands use the same H2 file from now on.
   *
   * @throws CommandException where they can't be let in
   */
  void serve() {
    if (database != null) {
      try {
        database.serve();
      } catch (SQLException e) {
        throw explain(e);
      }
    }
  }

  /** From now on, {@link #close} does not wait long for guests. */
  void hurry() {
    if (database != null) {
      database.hurry();
    }
  }

  /** Returns once no guest uses the database any more. */
  void awaitGuests() {
    if (database != null) {
      whileThere(database::awaitGuests);
    }
  }

  @Override
  public void close() {
    if (database != null) {
      whileThere(database::close);
    }
  }

  private interface Last {
    void of() throws SQLException;
  }

  private static void whileThere(Last step) {
    try {
      step.of();
    } catch (SQLException e) {
      LOG.debug("The database was gone before it was closed", e);
    }
  }

  /** Spring Boot would take a database in memory, or is told to, and lose every message. */
  private static void requireLasting(String url) {
    if (url.isEmpty()) {
      throw new InvalidSettingException(
          URL, "is empty; give the outbox's address, such as jdbc:h2:file:./data/stretto");
    }
    if (OpenDatabase.forgets(url)) {
      throw new InvalidSettingException(
          URL,
          "a database in memory is gone with its messages when the command ends; use a"
              + " file, such as jdbc:h2:file:./data/stretto");
    }
  }

  private static String text(ConfigurableEnvironment environment, String property) {
    try {
      return environment.getProperty(property, "");
    } catch (PlaceholderResolutionException e) {
      throw new InvalidSettingException(
          property, "the environment variable " + e.getPlaceholder() + " is not set");
    }
  }

  CommandException explain(Exception failure) {
    CommandException setting = ConfigurationFailure.property(failure);
    if (setting != null) {
      return setting;
    }
    UnusableDatabaseException schema = ErrorText.find(failure, UnusableDatabaseException.class);
    if (schema != null && schema.property() != null) {
      return new CommandException(
          ExitCode.USAGE, schema.property() + ": " + schema.getMessage(), failure);
    }
    FileFault file = FileFault.of(failure);
    boolean passes =
        file == null
            ? DatabaseFault.of(failure) == DatabaseFault.NO_CONNECTION_LEFT
                || DatabaseFault.of(failure) == DatabaseFault.READ_ONLY
            : file.passes();
    return new CommandException(
        passes ? ExitCode.TRY_LATER : ExitCode.FAILED,
        "the database " + shown(url) + " " + problem(failure),
        failure);
  }

  private String problem(Exception failure) {
    UnusableDatabaseException unusable = ErrorText.find(failure, UnusableDatabaseException.class);
    if (unusable != null) {
      return ErrorText.firstLine(unusable);
    }
    SchemaMismatchException schema = ErrorText.find(failure, SchemaMismatchException.class);
    if (schema != null) {
      return ErrorText.firstLine(schema);
    }
    FileFault file = FileFault.of(failure);
    if (file != null) {
      return file.words();
    }
    String said = DatabaseFault.said(failure);
    switch (DatabaseFault.of(failure)) {
      case NO_CONNECTION_LEFT -> {
        return "has no connection left for this: try again later, or allow more ("
            + withoutSecrets(String.valueOf(said))
            + ")";
      }
      case READ_ONLY -> {
        return "takes no writes, and its tables are not of this version: try again once it does ("
            + withoutSecrets(String.valueOf(said))
            + ")";
      }
      case CONNECTION_LOST, DEADLOCK, LOCK_TIMEOUT, OTHER -> {}
    }
    SQLException sql = ErrorText.find(failure, SQLException.class);
    if (sql != null) {
      return problem(sql);
    }
    if (NestedExceptionUtils.getMostSpecificCause(failure) instanceof ClassNotFoundException) {
      return "has a URL whose driver is not installed: check " + URL;
    }
    FlywayException flyway = ErrorText.find(failure, FlywayException.class);
    if (flyway != null) {
      return "can't be migrated: " + withoutSecrets(ErrorText.firstLine(flyway));
    }
    return "can't be opened (check "
        + URL
        + "): "
        + withoutSecrets(ErrorText.firstLine(NestedExceptionUtils.getMostSpecificCause(failure)));
  }

  private String problem(SQLException e) {
    if (e instanceof SQLFeatureNotSupportedException) {
      return ErrorText.firstLine(e);
    }
    String state = String.valueOf(e.getSQLState());
    if (state.startsWith("28")) {
      return "refuses the user name or password: set " + USER + " and " + PASSWORD;
    }
    if (state.equals(NO_SUCH_DATABASE) || e.getErrorCode() == MARIADB_NO_SUCH_DATABASE) {
      return "does not exist on that server: create it, or check " + URL;
    }
    if (state.startsWith("08")) {
      return "can't be reached (is the server up? check "
          + URL
          + "): "
          + withoutSecrets(ErrorText.firstLine(e));
    }
    return "can't be opened (check " + URL + "): " + withoutSecrets(ErrorText.firstLine(e));
  }

  /** The URL without settings or user information, where a password could stand. */
  private static String shown(String url) {
    return url.replaceFirst("[;?].*", "").replaceFirst("//[^/]*@", "//");
  }

  private String withoutSecrets(String text) {
    String clean =
        text.replace(url, shown(url))
            .replaceAll("(jdbc:[^\\s;?]*)[;?]\\S*", "$1")
            .replaceAll("//[^/\\s]*@", "//")
            .replaceAll("(?i)(password=)[^;&\\s]*", "$1***");
    return password.isEmpty() ? clean : clean.replace(password, "***");
  }
}
