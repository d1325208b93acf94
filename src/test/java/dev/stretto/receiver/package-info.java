/** A destination for tests: it notes what arrives, and answers as a test wants it to. */
@NullMarked
package dev.stretto.receiver;

import org.jspecify.annotations.NullMarked;
