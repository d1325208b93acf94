package dev.stretto.alert;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a person should know of a channel; holds nothing of what its messages say. */
public sealed interface Alert {

  /** The channel that it is about. */
  String channel();

  /**
   * Messages were set aside for a person to decide, in one commit.
   *
   * @param count how many, 1 or more
   * @param first some of them, in the order of their positions
   */
  record Parked(String channel, int count, List<ParkedMessage> first) implements Alert {

    /** The most messages that an alert names. */
    public static final int MOST = 10;

    public Parked {
      first = List.copyOf(first);
    }
  }

  /**
   * One that was set aside.
   *
   * @param key the ordering key, or null
   * @param attempts how many calls were made for it
   * @param reason why, in one line
   */
  record ParkedMessage(
      String id, @Nullable String key, long position, int attempts, @Nullable String reason) {}

  /**
   * Nothing is delivered any more.
   *
   * @param since since when
   * @param until until when the destination asked to be left alone, or null
   * @param calls how many calls in a row were not delivered
   * @param reason what the destination said, in one line
   */
  record GateClosed(
      String channel, Instant since, @Nullable Instant until, int calls, String reason)
      implements Alert {}

  /** Messages are delivered again. */
  record GateOpen(String channel) implements Alert {}
}
