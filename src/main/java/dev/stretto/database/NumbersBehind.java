package dev.stretto.database;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A table that gives out a number that it has already. That is how a restore, or a copy, of a part
 * of a database shows: the rows are there, and what numbers new ones is behind them.
 */
public enum NumbersBehind {
  MESSAGES("outbox_message", "id", null),
  INSTANCES("batch_job_instance", "job_instance_id", "batch_job_instance_seq"),
  EXECUTIONS("batch_job_execution", "job_execution_id", "batch_job_execution_seq"),
  STEPS("batch_step_execution", "step_execution_id", "batch_step_execution_seq");

  private final String table;
  private final String id;
  private final @Nullable String sequence;

  /** What a driver, or Spring's line with the statement in it, says. */
  private final Pattern said;

  NumbersBehind(String table, String id, @Nullable String sequence) {
    this.table = table;
    this.id = id;
    this.sequence = sequence;
    this.said =
        Pattern.compile(
            "(%1$s_pkey|primary key on [^ ]*%1$s\\(|into [^ ]*%1$s ?\\(.*for key 'primary')"
                .formatted(table),
            Pattern.DOTALL);
  }

  /**
   * One line for people: what is wrong and the statement that mends it; null for other failures.
   */
  public static @Nullable String words(Throwable failure) {
    NumbersBehind behind = null;
    Vendor vendor = Vendor.POSTGRESQL;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (cause.getClass().getName().startsWith("org.h2.")) {
        vendor = Vendor.H2;
      } else if (message.toLowerCase(Locale.ROOT).contains("for key 'primary'")) {
        vendor = Vendor.MARIADB;
      }
      behind = behind == null ? said(message) : behind;
    }
    return behind == null
        ? null
        : "the numbers that %s gives out are behind those in it, as after a restore of a part of the database; mend it, in Stretto's schema, with: %s"
            .formatted(behind.table, behind.mend(vendor));
  }

  private static @Nullable NumbersBehind said(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    for (NumbersBehind numbers : values()) {
      if (numbers.said.matcher(lower).find()) {
        return numbers;
      }
    }
    return null;
  }

  private String mend(Vendor vendor) {
    String counted = sequence == null ? table + " alter column " + id : sequence;
    return switch (vendor) {
      case H2 ->
          "alter %s %s restart with (select max(%s) + 1 from %s)"
              .formatted(sequence == null ? "table" : "sequence", counted, id, table);
      case POSTGRESQL ->
          "select setval(%s, (select max(%s) from %s))"
              .formatted(
                  sequence == null
                      ? "pg_get_serial_sequence('" + table + "', '" + id + "')"
                      : "'" + sequence + "'",
                  id,
                  table);
      // It takes a number only, and never lets its own auto_increment fall behind.
      case MARIADB ->
          "alter sequence %s restart <select max(%s) + 1 from %s>"
              .formatted(counted.toUpperCase(Locale.ROOT), id, table.toUpperCase(Locale.ROOT));
    };
  }
}
