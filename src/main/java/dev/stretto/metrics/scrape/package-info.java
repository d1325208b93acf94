/**
 * Keeps the meters of a command's runs for whoever asks for them, where a port for that is set;
 * nothing else refers to the libraries for that.
 */
@NullMarked
package dev.stretto.metrics.scrape;

import org.jspecify.annotations.NullMarked;
