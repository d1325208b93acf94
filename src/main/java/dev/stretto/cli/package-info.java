/** Commands, options and exit codes. */
@NullMarked
package dev.stretto.cli;

import org.jspecify.annotations.NullMarked;
