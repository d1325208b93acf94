/** Who holds a channel, on each database. */
@NullMarked
package dev.stretto.lease;

import org.jspecify.annotations.NullMarked;
