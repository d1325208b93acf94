/** Who may dispatch a channel, until when, and with which fencing token. */
@NullMarked
package dev.stretto.lease;

import org.jspecify.annotations.NullMarked;
