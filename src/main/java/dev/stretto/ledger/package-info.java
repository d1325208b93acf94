/**
 * What is durable of a channel: which positions are given, what is claimed, what became of
 * messages. One run at a time writes it, and every transaction begins with the channel's row, whose
 * fence keeps earlier runs out. Begin with {@link dev.stretto.ledger.ChannelLedger}; its two
 * implementations differ in when a delivery reaches the message's row.
 *
 * <pre>
 * what is true             where, at once                where else, later
 * ───────────────────────  ────────────────────────────  ─────────────────────────────────────────
 * a position               outbox_channel.last_position  the message's row, with its end, or when
 *                                                        its claim is shown
 * a claim                  outbox_channel.claims         the message's row (IN_FLIGHT), once it is
 *                                                        1 s old
 * a delivery, H2           the message's row             the disk, some 5 ms later
 * a delivery, servers      outbox_journal                the message's row, some 100 ms later;
 *                                                        its entry in the journal goes with that
 * parked, back in line     the message's row
 * held behind its key      the message's row and
 *                          outbox_held, outbox_lane
 * why it stands still      outbox_channel.gate_*
 * keys not called yet      outbox_key
 * </pre>
 *
 * <p>So whoever counts has to add what the journal says, and to take claims from the channel's row:
 * {@code outbox.admin} does.
 */
@NullMarked
package dev.stretto.ledger;

import org.jspecify.annotations.NullMarked;
