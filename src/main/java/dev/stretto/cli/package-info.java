/**
 * Commands, their options, and how a command's end becomes an exit code and a line. Each command is
 * a class of its own; those with more than one class have a package below. Begin with {@link
 * dev.stretto.cli.CommandLineMain}.
 */
@NullMarked
package dev.stretto.cli;

import org.jspecify.annotations.NullMarked;
