package dev.stretto.database.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.database.UnusableDatabaseException;
import dev.stretto.database.Vendor;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * The schema that Stretto's tables are in, in a database that may have others.
 *
 * <p>Statements are written with the tables' bare names, and {@link #qualify} puts the schema
 * before each. A session's search path would say it as well, but it is the session's: behind a
 * pooler that hands sessions out by transaction, what one client sets another one finds.
 */
public final class Schema {

  static final String PROPERTY = "stretto.schema";
  private static final String USUAL = "stretto";
  private static final int LONGEST = 63;
  private static final String JOB_TABLES = "batch_";

  /** Every table and sequence that the migrations make. */
  static final List<String> TABLES =
      List.of(
          "outbox_message",
          "outbox_held",
          "outbox_lane",
          "outbox_key",
          "outbox_channel",
          "outbox_run",
          "outbox_journal",
          "outbox_count",
          "channel_lease",
          "batch_job_instance",
          "batch_job_execution",
          "batch_job_execution_params",
          "batch_job_execution_context",
          "batch_step_execution",
          "batch_step_execution_context",
          "batch_job_instance_seq",
          "batch_job_execution_seq",
          "batch_step_execution_seq");

  /** A name that follows a dot has its schema; the quote is that of {@code nextval('…')}. */
  private static final Pattern NAME =
      Pattern.compile(
          "(?<![\\w.\"])(')?(" + String.join("|", TABLES) + ")(?!\\w)", Pattern.CASE_INSENSITIVE);

  /** As many statements as are remembered; those with lists of marks come in some variety. */
  private static final int REMEMBERED = 2000;

  private final Vendor vendor;
  private final String name;
  private final @Nullable String jobTables;

  /** Whether the bare names mean the schema's tables already. */
  private final boolean bare;

  private final Map<String, String> qualified = new ConcurrentHashMap<>();

  private Schema(Vendor vendor, String name, boolean bare) {
    this(vendor, name, bare, null);
  }

  private Schema(Vendor vendor, String name, boolean bare, @Nullable String jobTables) {
    this.vendor = vendor;
    this.name = name;
    this.bare = bare;
    this.jobTables = jobTables;
  }

  /**
   * The schema that the configuration names, in the database of that connection.
   *
   * @throws UnusableDatabaseException where it can't be meant
   */
  public static Schema of(Environment environment, Connection connection) throws SQLException {
    return of(environment.getProperty(PROPERTY), connection);
  }

  /**
   * The same.
   *
   * @param written as in the configuration, or null where it says nothing
   */
  public static Schema of(@Nullable String written, Connection connection) throws SQLException {
    Vendor vendor = Vendor.of(connection);
    if (vendor == Vendor.MARIADB) {
      return ofMariaDb(written, connection.getCatalog());
    }
    return named(written, vendor);
  }

  /**
   * The same on an application's connection: on MariaDB, where a schema is a database, one beside
   * the application's own.
   */
  static Schema inApplication(Environment environment, Connection connection) throws SQLException {
    return named(environment.getProperty(PROPERTY), Vendor.of(connection));
  }

  private static Schema named(@Nullable String written, Vendor vendor) {
    String name = written == null ? USUAL : written;
    check(name);
    return new Schema(vendor, vendor == Vendor.H2 ? folded(name) : name, false);
  }

  private static Schema ofMariaDb(@Nullable String written, @Nullable String database) {
    if (database == null) {
      throw UnusableDatabaseException.setting("spring.datasource.url", "names no database");
    }
    if (written != null && !written.equals(database)) {
      throw UnusableDatabaseException.setting(
          PROPERTY,
          "on MariaDB the URL's database is the schema, which is " + database + ": leave it out");
    }
    return new Schema(Vendor.MARIADB, database, true);
  }

  private static void check(String name) {
    String small = name.toLowerCase(Locale.ROOT);
    if (name.isBlank() || name.indexOf('\0') >= 0 || name.getBytes(UTF_8).length > LONGEST) {
      throw UnusableDatabaseException.setting(PROPERTY, "a name has 1 to " + LONGEST + " bytes");
    }
    if (small.startsWith("pg_") || small.equals("information_schema")) {
      throw UnusableDatabaseException.setting(PROPERTY, name + " is the database's own");
    }
  }

  /** H2 takes a plain name for upper case, so that producers need no quotes. */
  private static String folded(String name) {
    return name.matches("[a-z_][a-z0-9_]*") ? name.toUpperCase(Locale.ROOT) : name;
  }

  /** Another schema of the same database, as the database's own tables have it. */
  Schema other(String other) {
    return new Schema(vendor, other, bare);
  }

  /**
   * The same schema where the job repository is somebody else's.
   *
   * @param prefix what its tables begin with, such as {@code BATCH_}, or {@code batch.BATCH_}
   */
  Schema besideJobTables(String prefix) {
    return new Schema(vendor, name, bare, prefix);
  }

  Vendor vendor() {
    return vendor;
  }

  /** Whether it is the database that the connection's URL names, on MariaDB. */
  boolean isOfUrl() {
    return bare;
  }

  /** As the database's own tables have it. */
  public String name() {
    return name;
  }

  /** For a statement, in quotes. */
  String quoted() {
    return quoted(name);
  }

  /** Another name of the same database, for a statement. */
  String quoted(String identifier) {
    return quote() + identifier.replace(quote(), quote() + quote()) + quote();
  }

  String quote() {
    return vendor == Vendor.MARIADB ? "`" : "\"";
  }

  /** The statement with the schema before each of Stretto's tables, where that says more. */
  public String qualify(String sql) {
    if (bare && jobTables == null) {
      return sql;
    }
    String known = qualified.get(sql);
    if (known != null) {
      return known;
    }
    String result = NAME.matcher(sql).replaceAll(this::qualified);
    if (qualified.size() < REMEMBERED) {
      qualified.put(sql, result);
    }
    return result;
  }

  private String qualified(MatchResult found) {
    String quote = found.group(1);
    String table = found.group(2);
    if (jobTables != null && table.regionMatches(true, 0, JOB_TABLES, 0, JOB_TABLES.length())) {
      return Matcher.quoteReplacement(
          (quote == null ? "" : quote) + jobTables + table.substring(JOB_TABLES.length()));
    }
    String text =
        quote == null ? quoted() + "." + table : quote + quoted().replace("'", "''") + "." + table;
    return Matcher.quoteReplacement(text);
  }
}
