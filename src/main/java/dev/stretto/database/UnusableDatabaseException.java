package dev.stretto.database;

import org.jspecify.annotations.Nullable;

/** The database can't be used as it is, or as it is set; the message says what to do about it. */
public final class UnusableDatabaseException extends RuntimeException {

  private final @Nullable String property;

  private UnusableDatabaseException(@Nullable String property, String message) {
    super(message);
    this.property = property;
  }

  /** A setting that can't be meant. */
  public static UnusableDatabaseException setting(String property, String message) {
    return new UnusableDatabaseException(property, message);
  }

  /** The database is not as it should be; the message goes on from the database's name. */
  public static UnusableDatabaseException database(String message) {
    return new UnusableDatabaseException(null, message);
  }

  /** The property that is to be changed, or null where it is the database. */
  public @Nullable String property() {
    return property;
  }
}
