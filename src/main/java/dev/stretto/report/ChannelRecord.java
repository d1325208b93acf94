package dev.stretto.report;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a channel has done so far, beside what it looks like now.
 *
 * @param delivered how many messages were ever delivered, those included that were purged since
 * @param discarded how many were ever discarded, likewise
 * @param lastDelivery when the delivered message with the highest position was delivered, by the
 *     database's clock; null where none is there
 */
public record ChannelRecord(
    ChannelStatus status, long delivered, long discarded, @Nullable Instant lastDelivery) {}
