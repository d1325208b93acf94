/**
 * Tells runs that stay when there may be something to send: by looking, and on PostgreSQL by being
 * told. Begin with {@link dev.stretto.follow.Arrivals}.
 */
@NullMarked
package dev.stretto.follow;

import org.jspecify.annotations.NullMarked;
