/** The Spring Batch composition: reader, asynchronous processor and writer, restart. */
@NullMarked
package dev.stretto.job;

import org.jspecify.annotations.NullMarked;
