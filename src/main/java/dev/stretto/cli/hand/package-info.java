/**
 * The commands with which a person takes a channel in hand: {@code pause}, {@code resume} and
 * {@code replay}.
 */
@NullMarked
package dev.stretto.cli.hand;

import org.jspecify.annotations.NullMarked;
