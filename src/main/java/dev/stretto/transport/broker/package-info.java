/**
 * Transports whose client is on the class path only of who uses it; each is found by its name, so
 * that nothing here refers to one.
 */
@NullMarked
package dev.stretto.transport.broker;

import org.jspecify.annotations.NullMarked;
