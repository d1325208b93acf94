/** Starts calls in order and lets them overlap; plain Java, no Spring Batch. */
@NullMarked
package dev.stretto.dispatch;

import org.jspecify.annotations.NullMarked;
