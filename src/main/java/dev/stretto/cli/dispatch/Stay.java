package dev.stretto.cli.dispatch;

import dev.stretto.cli.supervise.Readiness;
import dev.stretto.follow.Arrivals;

/**
 * How runs stay once everything is sent.
 *
 * @param arrivals tells when there may be something to send
 * @param standby whether to wait for channels that others hold
 * @param readiness is told what becomes of each channel
 */
record Stay(Arrivals arrivals, boolean standby, Readiness readiness) {}
