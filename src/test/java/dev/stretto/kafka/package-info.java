/** A Kafka broker for tests, in a process of its own. */
@NullMarked
package dev.stretto.kafka;

import org.jspecify.annotations.NullMarked;
