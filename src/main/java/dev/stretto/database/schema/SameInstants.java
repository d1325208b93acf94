package dev.stretto.database.schema;

import dev.stretto.database.UnusableDatabaseException;
import dev.stretto.database.Vendor;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a time is the same instant for an application's JVM and for its sessions on MariaDB: the
 * driver's settings in the URL, and the zones of both, decide that. A command adds the settings to
 * its URL; a guest asks for them.
 */
final class SameInstants {

  private static final int MONTHS = 12;

  private SameInstants() {}

  /**
   * Takes times of a whole year there and back, an hour that a clock passes twice among them.
   *
   * @throws UnusableDatabaseException where they come to be others, with what to do about it
   */
  static void require(Connection connection) throws SQLException {
    if (Vendor.of(connection) != Vendor.MARIADB) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement("select unix_timestamp(?), from_unixtime(?)")) {
      for (Instant time : times(now(connection))) {
        statement.setTimestamp(1, Timestamp.from(time));
        statement.setLong(2, time.getEpochSecond());
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          if (row.getLong(1) != time.getEpochSecond()
              || !row.getTimestamp(2).toInstant().equals(time)) {
            throw UnusableDatabaseException.database(
                "MariaDB would keep other times than this application means: the driver and the"
                    + " session are in different time zones, or in one that changes; add"
                    + " connectionTimeZone=UTC&forceConnectionTimeZoneToSession=true"
                    + "&preserveInstants=true to spring.datasource.url");
          }
        }
      }
    }
  }

  private static Instant now(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select floor(unix_timestamp())")) {
      row.next();
      return Instant.ofEpochSecond(row.getLong(1));
    }
  }

  private static List<Instant> times(Instant now) {
    List<Instant> times = new ArrayList<>();
    ZonedDateTime first = now.atZone(ZoneOffset.UTC);
    for (int month = 0; month < MONTHS; month++) {
      times.add(first.plusMonths(month).toInstant());
    }
    Instant after = now;
    for (int change = 0; change < 2; change++) {
      ZoneOffsetTransition next = ZoneId.systemDefault().getRules().nextTransition(after);
      if (next != null) {
        after = next.getInstant();
        times.add(after.minus(30, ChronoUnit.MINUTES));
        times.add(after.plus(30, ChronoUnit.MINUTES));
      }
    }
    return times;
  }
}
