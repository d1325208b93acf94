/** Read-only views of the outbox: status, runs, parked messages. */
@NullMarked
package dev.stretto.report;

import org.jspecify.annotations.NullMarked;
