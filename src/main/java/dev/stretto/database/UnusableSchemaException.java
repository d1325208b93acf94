package dev.stretto.database;

import org.jspecify.annotations.Nullable;

/** Stretto's tables can't be where they should be; the message says what to do about it. */
public final class UnusableSchemaException extends RuntimeException {

  private final @Nullable String property;

  private UnusableSchemaException(@Nullable String property, String message) {
    super(message);
    this.property = property;
  }

  /** A setting that can't be meant. */
  static UnusableSchemaException setting(String property, String message) {
    return new UnusableSchemaException(property, message);
  }

  /** The database is not as it should be; the message goes on from the database's name. */
  static UnusableSchemaException database(String message) {
    return new UnusableSchemaException(null, message);
  }

  /** The property that is to be changed, or null where it is the database. */
  public @Nullable String property() {
    return property;
  }
}
