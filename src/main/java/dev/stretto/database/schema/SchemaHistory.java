package dev.stretto.database.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * What Flyway recorded of the tables, beside what this version would have it record. Where they are
 * the same to the letter there is nothing for Flyway to do, which takes it a while to find out;
 * whatever else they are is left to Flyway to judge.
 */
public final class SchemaHistory {

  /** A name that no application's own history has. */
  public static final String TABLE = "stretto_schema_history";

  /** Flyway's own name for it, which versions before this one used. */
  static final String EARLIER_TABLE = "flyway_schema_history";

  private static final String FLYWAY = "spring.flyway";
  private static final Map<String, String> USUAL =
      Map.of("locations", "classpath:db/migration/{vendor}");
  private static final Pattern SCRIPT = Pattern.compile("V(\\d+)__(\\w+)\\.sql");

  private final ConfigurableEnvironment environment;

  public SchemaHistory(ConfigurableEnvironment environment) {
    this.environment = environment;
  }

  private record Migration(
      String version,
      String description,
      String type,
      String script,
      int checksum,
      boolean success) {}

  /** Whether every migration that this version has was applied as it is, and no other was. */
  public boolean isCurrent(Connection connection) {
    try {
      return isCurrent(connection, Schema.of(environment, connection));
    } catch (SQLException e) {
      return false;
    }
  }

  boolean isCurrent(Connection connection, Schema schema) {
    try {
      return !isChosen()
          && recorded(connection, schema, table(connection, schema)).equals(known(schema));
    } catch (SQLException | IOException e) {
      return false;
    }
  }

  /**
   * The table that has the schema's history, or would: that of an earlier version, where the schema
   * has that and every row in it is Stretto's.
   */
  String table(Connection connection, Schema schema) throws SQLException {
    return !exists(connection, schema.name(), TABLE) && isOursAlone(connection, schema)
        ? EARLIER_TABLE
        : TABLE;
  }

  /** Whether the schema has Stretto's history, of whichever version. */
  boolean isBegun(Connection connection, Schema schema) throws SQLException {
    return exists(connection, schema.name(), TABLE) || isOursAlone(connection, schema);
  }

  /**
   * Whether an earlier version made the tables of that schema, and nobody else has put a migration
   * into the same history. The history of a schema without them is not looked at.
   */
  static boolean isOursAlone(Connection connection, Schema schema) throws SQLException {
    if (!hasOurTables(connection, schema) || !exists(connection, schema.name(), EARLIER_TABLE)) {
      return false;
    }
    try {
      List<Migration> recorded = recorded(connection, schema, EARLIER_TABLE);
      return !recorded.isEmpty() && known(schema).containsAll(recorded);
    } catch (SQLException | IOException e) {
      return false;
    }
  }

  static boolean hasOurTables(Connection connection, Schema schema) throws SQLException {
    return exists(connection, schema.name(), "outbox_message")
        && exists(connection, schema.name(), "channel_lease");
  }

  /** Whether a table, of whatever case, is there for this user. */
  private static boolean exists(Connection connection, String schema, String table)
      throws SQLException {
    String query =
        """
        select count(*) from information_schema.tables
         where table_schema = ? and lower(table_name) = ?
        """;
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, schema);
      statement.setString(2, table);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getInt(1) > 0;
      }
    }
  }

  /** Whether someone told Flyway to do something else than usual. */
  private boolean isChosen() {
    Map<String, String> settings =
        Binder.get(environment)
            .bind(FLYWAY, Bindable.mapOf(String.class, String.class))
            .orElse(Map.of());
    return !settings.equals(USUAL);
  }

  /** Without the rows that say that Flyway made its own table, or the schema. */
  private static List<Migration> recorded(Connection connection, Schema schema, String table)
      throws SQLException {
    String query =
        """
        select "version", "description", "type", "script", "checksum", "success"
          from %s where "type" not in ('TABLE', 'SCHEMA') order by "installed_rank"
        """
            .replace("\"", schema.quote())
            .formatted(schema.quoted() + "." + schema.quoted(table));
    List<Migration> recorded = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        recorded.add(
            new Migration(
                String.valueOf(row.getString(1)),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getInt(5),
                row.getBoolean(6)));
      }
    }
    return recorded;
  }

  private static List<Migration> known(Schema schema) throws IOException {
    String vendor = schema.vendor().name().toLowerCase(Locale.ROOT);
    List<Migration> known = new ArrayList<>();
    for (Resource script :
        new PathMatchingResourcePatternResolver()
            .getResources("classpath:db/migration/" + vendor + "/*")) {
      Migration migration = known(script);
      if (migration == null) {
        return List.of();
      }
      known.add(migration);
    }
    known.sort(Comparator.comparingInt(migration -> Integer.parseInt(migration.version())));
    return known;
  }

  private static @Nullable Migration known(Resource script) throws IOException {
    String name = String.valueOf(script.getFilename());
    Matcher parts = SCRIPT.matcher(name);
    return parts.matches()
        ? new Migration(
            parts.group(1), parts.group(2).replace('_', ' '), "SQL", name, checksum(script), true)
        : null;
  }

  /** As Flyway computes it: of the lines, without their ends. */
  private static int checksum(Resource script) throws IOException {
    CRC32 checksum = new CRC32();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(script.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        checksum.update(line.getBytes(UTF_8));
      }
    }
    return (int) checksum.getValue();
  }
}
