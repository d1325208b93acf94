/** Sends messages through a class that the user drops into {@code lib/}. */
@NullMarked
package dev.stretto.transport.java;

import org.jspecify.annotations.NullMarked;
