/**
 * The command {@code parked} and those below it: list, show, redrive and discard what was set
 * aside.
 */
@NullMarked
package dev.stretto.cli.parked;

import org.jspecify.annotations.NullMarked;
