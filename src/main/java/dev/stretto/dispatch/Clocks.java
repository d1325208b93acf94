package dev.stretto.dispatch;

import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The clocks and the randomness of a dispatcher.
 *
 * @param nanos a monotonic clock, in nanoseconds from any origin
 * @param clock the time of day, for what is recorded
 * @param random for jitter
 */
public record Clocks(LongSupplier nanos, InstantSource clock, RandomGenerator random) {}
