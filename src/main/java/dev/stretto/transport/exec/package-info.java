/**
 * Sends messages through a program in any language: a line of JSON each on its standard input, and
 * a line each of what became of them on its standard output.
 */
@NullMarked
package dev.stretto.transport.exec;

import org.jspecify.annotations.NullMarked;
