/**
 * Read-only views for people: the status of channels, the proof of the start order, and a run's
 * page. Begin with {@link dev.stretto.report.ChannelStatuses} and {@link
 * dev.stretto.report.StartOrder}.
 */
@NullMarked
package dev.stretto.report;

import org.jspecify.annotations.NullMarked;
