/**
 * Rows and NDJSON in: every message is checked, gets an id where it has none, and is inserted with
 * others in one transaction. What is refused is refused with its line's number, and nothing of that
 * input is stored. Begin with {@link dev.stretto.append.Appender}.
 */
@NullMarked
package dev.stretto.append;

import org.jspecify.annotations.NullMarked;
