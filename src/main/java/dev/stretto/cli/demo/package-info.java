/**
 * The command {@code demo}: a receiver on loopback, a dispatch to it, and what arrived. Begin with
 * {@link dev.stretto.cli.demo.DemoCommand}.
 */
@NullMarked
package dev.stretto.cli.demo;

import org.jspecify.annotations.NullMarked;
