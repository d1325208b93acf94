/** What people ask of their configuration: whether it can be meant, and what is behind it. */
@NullMarked
package dev.stretto.cli.config;

import org.jspecify.annotations.NullMarked;
