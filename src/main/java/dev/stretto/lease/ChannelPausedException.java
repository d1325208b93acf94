package dev.stretto.lease;

/** Nobody may have the channel's lease until a person resumes it. The message says since when. */
public final class ChannelPausedException extends ChannelHeldException {

  ChannelPausedException(Pause pause) {
    super(pause.text());
  }
}
