package dev.stretto.alert;

import dev.stretto.append.SingleInsert;
import java.time.InstantSource;
import java.util.Map;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/** Appends alerts in the transaction that is under way, as a producer would. Thread-safe. */
public final class Alerts {

  private final JdbcTemplate jdbc;
  private final InstantSource clock = InstantSource.system();
  private final SingleInsert insert = new SingleInsert();

  public Alerts(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Appends an alert. Its ordering key is the channel that it is about.
   *
   * @param channel the one that sends it
   */
  public void append(String channel, Alert alert) {
    SingleInsert.Row row =
        new SingleInsert.Row(
            null,
            alert.channel(),
            "application/json",
            Map.of(),
            AlertText.of(alert, clock.instant()));
    jdbc.execute(
        (ConnectionCallback<String>) connection -> insert.insert(connection, channel, row));
  }
}
