package dev.stretto.database.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.flywaydb.core.internal.resolver.ChecksumCalculator;
import org.flywaydb.core.internal.resource.StringResource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * Which migrations Flyway recorded, beside those that this version has. Where they are the same
 * there is nothing for Flyway to do, which needs connections and rights of its own and takes a
 * while to find that out; whatever else they are is left to Flyway to judge.
 */
public final class SchemaHistory {

  /** A name that no application's own history has. */
  public static final String TABLE = "stretto_schema_history";

  /** Flyway's own name for it, which versions before this one used. */
  static final String EARLIER_TABLE = "flyway_schema_history";

  /** Where Stretto's migrations are. */
  static final String LOCATIONS = "classpath:dev/stretto/database/schema/migration/";

  private static final String FLYWAY = "spring.flyway";
  private static final Map<String, String> USUAL = Map.of("locations", LOCATIONS + "{vendor}");

  private final Environment environment;
  private final boolean chosen;

  /**
   * That of a command.
   *
   * @param environment may tell Flyway to do something else than usual
   */
  public SchemaHistory(ConfigurableEnvironment environment) {
    this(environment, isChosen(environment));
  }

  private SchemaHistory(Environment environment, boolean chosen) {
    this.environment = environment;
    this.chosen = chosen;
  }

  /** That in an application, whose word for Flyway is about migrations of its own. */
  static SchemaHistory inApplication(Environment environment) {
    return new SchemaHistory(environment, false);
  }

  /** A migration, by the name of its file and what Flyway computes of its text. */
  private record Script(String name, int checksum, boolean applied) {}

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
      return !chosen
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
      Set<Script> recorded = recorded(connection, schema, EARLIER_TABLE);
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
  private static boolean isChosen(ConfigurableEnvironment environment) {
    Map<String, String> settings =
        Binder.get(environment)
            .bind(FLYWAY, Bindable.mapOf(String.class, String.class))
            .orElse(Map.of());
    return !settings.equals(USUAL);
  }

  /** Without the rows that say that Flyway made its own table, or the schema. */
  private static Set<Script> recorded(Connection connection, Schema schema, String table)
      throws SQLException {
    String query =
        """
        select "script", "checksum", "success" from %s where "type" not in ('TABLE', 'SCHEMA')
        """
            .replace("\"", schema.quote())
            .formatted(schema.quoted() + "." + schema.quoted(table));
    Set<Script> recorded = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        recorded.add(
            new Script(String.valueOf(row.getString(1)), row.getInt(2), row.getBoolean(3)));
      }
    }
    return recorded;
  }

  private static Set<Script> known(Schema schema) throws IOException {
    String vendor = schema.vendor().name().toLowerCase(Locale.ROOT);
    Set<Script> known = new HashSet<>();
    for (Resource script :
        new PathMatchingResourcePatternResolver().getResources(LOCATIONS + vendor + "/*")) {
      int checksum =
          ChecksumCalculator.calculate(new StringResource(script.getContentAsString(UTF_8)));
      known.add(new Script(String.valueOf(script.getFilename()), checksum, true));
    }
    return known;
  }
}
