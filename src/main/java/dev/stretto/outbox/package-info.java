/**
 * The tables, a class for each, and the only place that knows the numbers of the {@code queue}
 * column and how claims and deliveries are written as text. Whoever writes them holds a fence; see
 * {@code ledger}. Begin with {@link dev.stretto.outbox.MessageTable} and {@link
 * dev.stretto.outbox.ChannelTable}.
 */
@NullMarked
package dev.stretto.outbox;

import org.jspecify.annotations.NullMarked;
