package dev.stretto.database.schema;

import javax.sql.DataSource;

/**
 * Where the leases' one connection comes from.
 *
 * @param lent whether others wait for it once no lease is held
 */
public record LeaseConnections(DataSource connections, boolean lent) {}
