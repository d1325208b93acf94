/** Tests of start order, overlap and failures, with a clock of their own. */
@NullMarked
package dev.stretto.dispatch;

import org.jspecify.annotations.NullMarked;
