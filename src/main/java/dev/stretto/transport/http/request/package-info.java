/**
 * What an HTTP request looks like: templates over the message, whose values are escaped for where
 * they stand.
 */
@NullMarked
package dev.stretto.transport.http.request;

import org.jspecify.annotations.NullMarked;
