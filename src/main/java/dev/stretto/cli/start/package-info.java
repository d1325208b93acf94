/**
 * From options and files to an open Spring context and database for one command, which sees both
 * through {@link dev.stretto.cli.start.CommandContext}. Begin with {@link
 * dev.stretto.cli.start.SpringStart}.
 */
@NullMarked
package dev.stretto.cli.start;

import org.jspecify.annotations.NullMarked;
