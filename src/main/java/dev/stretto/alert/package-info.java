/**
 * What a person should know of a channel, as messages of another one. Begin with {@link
 * dev.stretto.alert.Alerts}.
 */
@NullMarked
package dev.stretto.alert;

import org.jspecify.annotations.NullMarked;
