/** What may stand in the configuration, and what of the surroundings has no say in it. */
@NullMarked
package dev.stretto.cli.configuration;

import org.jspecify.annotations.NullMarked;
