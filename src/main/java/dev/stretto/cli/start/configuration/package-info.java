/**
 * Reading configuration files and the environment strictly: what nobody knows is refused with its
 * place.
 */
@NullMarked
package dev.stretto.cli.start.configuration;

import org.jspecify.annotations.NullMarked;
