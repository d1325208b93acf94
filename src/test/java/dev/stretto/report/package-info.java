/** Tests of what is read from the outbox. */
@NullMarked
package dev.stretto.report;

import org.jspecify.annotations.NullMarked;
