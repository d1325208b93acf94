package dev.stretto.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Has H2 keep what was committed, all of it or nothing. From 2.5.250 to 2.5.252 a file that is
 * opened after its process was killed lacks the last commits; with others, see {@link H2Turns}.
 */
public final class H2Release {

  private static final Pattern LOSES_COMMITS = Pattern.compile("(2\\.5\\.25[0-2])\\b.*");

  private H2Release() {}

  /**
   * Asks the connection whose database it is; one in memory forgets everything anyway. To be called
   * before anything is written.
   *
   * @throws UnusableDatabaseException where a killed process would cost commits
   */
  public static void keepCommits(Connection connection) throws SQLException {
    if (Vendor.of(connection) != Vendor.H2
        || OpenDatabase.forgets(connection.getMetaData().getURL())) {
      return;
    }
    Matcher release = LOSES_COMMITS.matcher(connection.getMetaData().getDatabaseProductVersion());
    if (release.matches()) {
      throw UnusableDatabaseException.database(
          "is of H2 "
              + release.group(1)
              + ", which loses what was committed last when its process is killed: use H2 2.4.240");
    }
    H2Turns.install(connection);
  }
}
