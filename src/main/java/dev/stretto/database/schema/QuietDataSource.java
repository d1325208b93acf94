package dev.stretto.database.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Connections whose statements are changed so that nothing of them outlives a transaction. */
public final class QuietDataSource extends DelegatingDataSource {

  private final UnaryOperator<String> changing;

  public QuietDataSource(DataSource connections, UnaryOperator<String> changing) {
    super(connections);
    this.changing = changing;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return SchemaDataSource.of(super.getConnection(), changing, null);
  }
}
