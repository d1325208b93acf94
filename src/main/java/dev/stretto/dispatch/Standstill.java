package dev.stretto.dispatch;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why a channel starts nothing, for people.
 *
 * @param since when the first of the calls failed that closed the gate
 * @param askedUntil until when the destination asked to be left alone, or null where it did not
 * @param calls how many calls in a row were not delivered; 0 where only an earlier run knows
 * @param reason what the destination said last; one line
 */
public record Standstill(Instant since, @Nullable Instant askedUntil, int calls, String reason) {}
