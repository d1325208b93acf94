/**
 * Where in a database Stretto lives, and how its sessions behave there: as a guest. It has a schema
 * and a migration history of its own, and sessions that hold nothing for longer than the lease
 * allows. Begin with {@link dev.stretto.database.schema.DatabaseConfiguration}.
 */
@NullMarked
package dev.stretto.database.schema;

import org.jspecify.annotations.NullMarked;
