/**
 * Channels and their properties: bound from files, environment and options, checked, and explained
 * where they can't be used. What passed is a {@link dev.stretto.settings.ChannelSettings}; begin
 * with {@link dev.stretto.settings.Channels}.
 */
@NullMarked
package dev.stretto.settings;

import org.jspecify.annotations.NullMarked;
