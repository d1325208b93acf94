/**
 * Sends the meters of a command's runs to a receiver of OpenTelemetry's, where one is configured;
 * nothing else refers to the libraries for that.
 */
@NullMarked
package dev.stretto.metrics.otlp;

import org.jspecify.annotations.NullMarked;
