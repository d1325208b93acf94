/**
 * The Spring Batch side: the job {@code dispatch}, launching, recovery and history. Nothing else
 * imports Spring Batch. Begin with {@link dev.stretto.batch.RunLauncher} for the way of a launch,
 * and with {@link dev.stretto.batch.step.OverlappingStep} for the step.
 */
@NullMarked
package dev.stretto.batch;

import org.jspecify.annotations.NullMarked;
