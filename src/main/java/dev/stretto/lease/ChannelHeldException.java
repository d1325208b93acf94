package dev.stretto.lease;

/** Another run holds the channel's lease. The message says which, and until when at the least. */
public final class ChannelHeldException extends Exception {

  ChannelHeldException(String channel, String owner, String until) {
    super("channel " + channel + " is held by " + owner + " until " + until + " at least");
  }
}
