package dev.stretto.database.schema;

import org.flywaydb.core.api.MigrationVersion;

/** The tables are not those that this version of Stretto makes and knows. */
public final class SchemaMismatchException extends RuntimeException {

  SchemaMismatchException(MigrationVersion applied, MigrationVersion known, Throwable cause) {
    super(
        applied.isNewerThan(known)
            ? "was migrated by a newer version of Stretto (schema "
                + applied
                + ", this version knows "
                + known
                + "): use that version, or another database"
            : "has tables that were changed by hand or made by another build of Stretto (schema "
                + applied
                + "): use the build that made them, or another database",
        cause);
  }
}
