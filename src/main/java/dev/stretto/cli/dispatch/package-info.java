/**
 * The command {@code dispatch}: whether there is anything to do, the runs of several channels,
 * their progress and their ends. Begin with {@link dev.stretto.cli.dispatch.DispatchCommand}.
 */
@NullMarked
package dev.stretto.cli.dispatch;

import org.jspecify.annotations.NullMarked;
