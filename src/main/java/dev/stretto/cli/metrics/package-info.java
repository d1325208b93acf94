/** The command {@code metrics}: what the database says of each channel, as Prometheus reads it. */
@NullMarked
package dev.stretto.cli.metrics;

import org.jspecify.annotations.NullMarked;
