package dev.stretto.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * What a query costs by the database's own counts: rows read on H2 and MariaDB, pages looked at on
 * PostgreSQL.
 *
 * @param session whose counts they are
 */
public record StatementCost(Database vendor, SingleConnectionDataSource session)
    implements AutoCloseable {

  private static final Pattern ROWS_ON_H2 = Pattern.compile("scanCount: (\\d+)");
  private static final Pattern PAGES = Pattern.compile("(?:hit|read)=(\\d+)");

  /** In a database of a test's own that has Stretto's tables. */
  public static StatementCost inFresh(Database vendor, Path folder) throws SQLException {
    FreshDatabase database = vendor.migrated(folder);
    return new StatementCost(vendor, new SingleConnectionDataSource(database.connect(), true));
  }

  public JdbcTemplate jdbc() {
    return new JdbcTemplate(session);
  }

  @Override
  public void close() {
    session.destroy();
  }

  /** Executes the query. */
  public long of(String sql, Object... parameters) {
    return switch (vendor) {
      case H2 -> sum(ROWS_ON_H2, explained("explain analyze " + sql, parameters));
      case POSTGRESQL -> {
        List<String> plan = explained("explain (analyze, buffers) " + sql, parameters);
        yield sum(PAGES, plan.stream().filter(line -> line.contains("Buffers")).limit(1).toList());
      }
      case MARIADB -> {
        long before = rowsOfMariaDb();
        jdbc().queryForList(sql, parameters);
        yield rowsOfMariaDb() - before;
      }
    };
  }

  /** Has the database look what is in a table. */
  public void gatherStatistics(String table) {
    jdbc()
        .execute(
            switch (vendor) {
              case H2, MARIADB -> "analyze table " + table;
              case POSTGRESQL -> "vacuum analyze " + table;
            });
  }

  private List<String> explained(String sql, Object... parameters) {
    return jdbc().query(sql, (row, number) -> row.getString(1), parameters);
  }

  private static long sum(Pattern number, List<String> lines) {
    Matcher found = number.matcher(String.join("\n", lines));
    long sum = found.results().mapToLong(result -> Long.parseLong(result.group(1))).sum();
    assertThat(sum).as(String.join("\n", lines)).isPositive();
    return sum;
  }

  private long rowsOfMariaDb() {
    return jdbc()
        .query("show session status like 'Handler_read%'", (row, number) -> row.getLong(2))
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }
}
