/**
 * The job's step with reader, asynchronous processor and asynchronous writer, and what the job
 * repository is told of it: {@link dev.stretto.batch.step.OverlappingStep}.
 */
@NullMarked
package dev.stretto.batch.step;

import org.jspecify.annotations.NullMarked;
