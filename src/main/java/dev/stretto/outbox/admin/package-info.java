/**
 * What people see of the outbox and decide about it: counts, recorded and parked messages, redrive,
 * discard and purge. Every read adds what the rows don't say yet. Begin with {@link
 * dev.stretto.outbox.admin.OutboxView}.
 */
@NullMarked
package dev.stretto.outbox.admin;

import org.jspecify.annotations.NullMarked;
