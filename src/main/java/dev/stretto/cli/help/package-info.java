/**
 * The commands that tell of the command line itself: {@code help}, with the manual page, and {@code
 * completion}.
 */
@NullMarked
package dev.stretto.cli.help;

import org.jspecify.annotations.NullMarked;
