/**
 * The databases Stretto works with: opening one, telling H2, PostgreSQL and MariaDB apart, and
 * making of what went wrong a fault that has a name. Begin with {@link dev.stretto.database.Vendor}
 * and {@link dev.stretto.database.DatabaseFault}.
 */
@NullMarked
package dev.stretto.database;

import org.jspecify.annotations.NullMarked;
