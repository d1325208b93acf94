/**
 * Where calls may go whose host a message names: which hosts, which of their addresses, and which
 * are left alone for a while.
 */
@NullMarked
package dev.stretto.transport.http.hosts;

import org.jspecify.annotations.NullMarked;
