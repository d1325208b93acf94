package dev.stretto.database;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes what was committed survive a power cut. H2 hands a commit to the operating system, which is
 * enough for a killed JVM; it reaches the disk only when asked to. Other databases do so at the
 * commit itself.
 */
public final class Durability {

  private final DataSource dataSource;
  private volatile @Nullable Boolean needed;

  public Durability(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Returns once everything committed before is on disk; on H2 that takes a third of a millisecond
   * or more. To be called outside a transaction, on any thread that is never interrupted.
   *
   * @throws SQLException where the database can't tell; what was committed is then as safe as the
   *     operating system
   */
  public void sync() throws SQLException {
    if (Boolean.FALSE.equals(needed)) {
      return;
    }
    try (Connection connection = dataSource.getConnection()) {
      if (needed == null) {
        needed = Vendor.of(connection) == Vendor.H2;
      }
      if (Boolean.TRUE.equals(needed)) {
        H2Turns.sync(connection);
      }
    }
  }
}
