/**
 * Stretto in an application of Spring Boot's: inert until {@code stretto.enabled} is true. Begin
 * with {@link dev.stretto.boot.StrettoOutbox}; the rest is found by Spring Boot.
 */
@NullMarked
package dev.stretto.boot;

import org.jspecify.annotations.NullMarked;
