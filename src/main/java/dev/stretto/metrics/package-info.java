/**
 * What is measured of a run that is under way, as Micrometer's meters; nothing of it is made where
 * nobody has a registry for them. Begin with {@link dev.stretto.metrics.Telemetry}.
 */
@NullMarked
package dev.stretto.metrics;

import org.jspecify.annotations.NullMarked;
