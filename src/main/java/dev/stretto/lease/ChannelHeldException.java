package dev.stretto.lease;

/** Another run holds the channel's lease. The message says which, and until when at the least. */
public class ChannelHeldException extends Exception {

  ChannelHeldException(String channel, String owner, String until) {
    this("channel " + channel + " is held by " + owner + " until " + until + " at least");
  }

  ChannelHeldException(String message) {
    super(message);
  }
}
