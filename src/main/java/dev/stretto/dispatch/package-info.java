/**
 * Starts calls in order and lets them overlap; plain Java, no Spring. {@link
 * dev.stretto.dispatch.DispatchState} decides what may start and what an outcome leads to, without
 * threads; {@link dev.stretto.dispatch.Dispatcher} is the thread that starts calls, and the lock.
 */
@NullMarked
package dev.stretto.dispatch;

import org.jspecify.annotations.NullMarked;
