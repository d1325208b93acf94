/**
 * Messages as records of a topic of Kafka's. Its client may be in a folder of its own, so that
 * these classes are loaded by name only; see {@code transport.broker}.
 */
@NullMarked
package dev.stretto.transport.kafka;

import org.jspecify.annotations.NullMarked;
