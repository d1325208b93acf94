/**
 * What tells supervisors how a dispatch is that stays: systemd, and whoever looks for a file. Begin
 * with {@link dev.stretto.cli.supervise.Readiness}.
 */
@NullMarked
package dev.stretto.cli.supervise;

import org.jspecify.annotations.NullMarked;
