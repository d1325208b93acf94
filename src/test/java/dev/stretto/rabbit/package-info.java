/** The system's RabbitMQ for tests. */
@NullMarked
package dev.stretto.rabbit;

import org.jspecify.annotations.NullMarked;
