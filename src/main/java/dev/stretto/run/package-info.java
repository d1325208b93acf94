/**
 * One run of a channel, in plain Java: it takes over what earlier runs left, reads what waits in
 * the order in which it shall start, records turns, and drains. Begin with {@link
 * dev.stretto.run.ChannelRun}, which puts the parts together; the loop's body is {@link
 * dev.stretto.run.TurnRecorder}.
 */
@NullMarked
package dev.stretto.run;

import org.jspecify.annotations.NullMarked;
