/** What a message is: appended, claimed in order, and what became of each. */
@NullMarked
package dev.stretto.outbox;

import org.jspecify.annotations.NullMarked;
