/** The port: one call in, one outcome out, and the names of the faults. */
@NullMarked
package dev.stretto.transport;

import org.jspecify.annotations.NullMarked;
