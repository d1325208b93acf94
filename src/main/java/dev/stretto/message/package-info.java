/**
 * What everybody speaks of: a message, its status, and what became of it. Values only; they know no
 * table, transport or clock.
 */
@NullMarked
package dev.stretto.message;

import org.jspecify.annotations.NullMarked;
