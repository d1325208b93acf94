package dev.stretto.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.BatchPreparedStatementSetter;
import org.springframework.jdbc.core.JdbcTemplate;

/** Changes many rows by one statement. */
public final class Batches {

  private Batches() {}

  /** Executes the statement for each row, and returns how many rows of the table each changed. */
  public static <T> int[] update(JdbcTemplate jdbc, String sql, List<T> rows, Binding<T> binding) {
    if (rows.isEmpty()) {
      return new int[0];
    }
    return jdbc.batchUpdate(
        sql,
        new BatchPreparedStatementSetter() {
          @Override
          public void setValues(PreparedStatement statement, int i) throws SQLException {
            binding.bind(statement, rows.get(i));
          }

          @Override
          public int getBatchSize() {
            return rows.size();
          }
        });
  }

  public interface Binding<T> {
    void bind(PreparedStatement statement, T row) throws SQLException;
  }
}
