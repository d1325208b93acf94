package dev.stretto.message;

import java.time.Instant;

/** An ordering key of which no message may be sent before a time. */
public record ClosedKey(String key, Instant until) {}
