/**
 * Messages to an exchange of a broker that speaks AMQP 0-9-1, such as RabbitMQ. Its client may be
 * in a folder of its own, so that these classes are loaded by name only; see {@code
 * transport.broker}.
 */
@NullMarked
package dev.stretto.transport.amqp;

import org.jspecify.annotations.NullMarked;
