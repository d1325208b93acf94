package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * What Flyway recorded of the tables, beside what this version would have it record. Where they are
 * the same to the letter there is nothing for Flyway to do, which takes it a while to find out;
 * whatever else they are is left to Flyway to judge.
 */
final class SchemaHistory {

  private static final String FLYWAY = "spring.flyway";
  private static final Map<String, String> USUAL =
      Map.of("locations", "classpath:db/migration/{vendor}");
  private static final Pattern SCRIPT = Pattern.compile("V(\\d+)__(\\w+)\\.sql");

  private final ConfigurableEnvironment environment;

  SchemaHistory(ConfigurableEnvironment environment) {
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
  boolean isCurrent(Connection connection) {
    try {
      return !isChosen() && recorded(connection).equals(known(connection));
    } catch (SQLException | IOException e) {
      return false;
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

  /** Without the row that says that Flyway made its own table. */
  private static List<Migration> recorded(Connection connection) throws SQLException {
    String quote = connection.getMetaData().getIdentifierQuoteString();
    String query =
        """
        select "version", "description", "type", "script", "checksum", "success"
          from "flyway_schema_history" where "type" <> 'TABLE' order by "installed_rank"
        """
            .replace("\"", quote);
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

  private static List<Migration> known(Connection connection) throws SQLException, IOException {
    String vendor = DatabaseDriver.fromJdbcUrl(connection.getMetaData().getURL()).getId();
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
