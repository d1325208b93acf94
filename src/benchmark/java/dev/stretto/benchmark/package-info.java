/**
 * The benchmark: every figure of the documents, measured in one go against the built distribution,
 * beside what others reach on the same machine. {@code ./mvnw -q -Pbenchmark verify} runs it.
 */
@NullMarked
package dev.stretto.benchmark;

import org.jspecify.annotations.NullMarked;
