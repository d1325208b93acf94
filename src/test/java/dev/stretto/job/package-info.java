/** Tests of the job with a rehearsed destination and a real database. */
@NullMarked
package dev.stretto.job;

import org.jspecify.annotations.NullMarked;
