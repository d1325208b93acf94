/**
 * What commands print: text, tables, JSON, exit codes and the words of errors. It knows nothing of
 * what is printed.
 */
@NullMarked
package dev.stretto.cli.output;

import org.jspecify.annotations.NullMarked;
