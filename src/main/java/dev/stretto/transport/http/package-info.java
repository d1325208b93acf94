/** Sends messages as HTTP requests, each handed over once the one before is committed. */
@NullMarked
package dev.stretto.transport.http;

import org.jspecify.annotations.NullMarked;
