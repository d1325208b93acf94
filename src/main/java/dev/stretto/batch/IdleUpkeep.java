package dev.stretto.batch;

import dev.stretto.dispatch.Stop;
import dev.stretto.run.OpenChannel;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a dispatch does on channels that are idle while others are not: the upkeep only, without a
 * lease, a job execution or a connection to the destination.
 */
public final class IdleUpkeep {

  private static final Logger LOG = LoggerFactory.getLogger(IdleUpkeep.class);

  private final IdleChannels idle;
  private final Upkeep upkeep;
  private final LongSupplier nanos;

  /**
   * @param nanos a monotonic clock
   */
  IdleUpkeep(IdleChannels idle, Upkeep upkeep, LongSupplier nanos) {
    this.idle = idle;
    this.upkeep = upkeep;
    this.nanos = nanos;
  }

  /**
   * The channels of these that need no run, found out in a few queries for all of them; none where
   * the database fails, which a run can say better.
   */
  public Set<String> idle(Iterable<OpenChannel> channels) {
    try {
      return idle.among(channels);
    } catch (RuntimeException e) {
      LOG.debug("The look for idle channels failed", e);
      return Set.of();
    }
  }

  /**
   * The channels that somebody has paused.
   *
   * @throws org.springframework.dao.DataAccessException where the database fails
   */
  public Set<String> paused() {
    return idle.paused();
  }

  /** Since when, by whom and why nothing starts on a channel, in one line; null where it may. */
  public @Nullable String paused(String channel) {
    return idle.paused(channel);
  }

  /** Does the upkeep of a channel that a run stays on. */
  public void meanwhile(String channel) {
    upkeep.after(channel, null);
  }

  /**
   * Does the upkeep of a channel that is idle.
   *
   * @param stop why nothing more shall be done, or null
   */
  public RunResult pass(String channel, @Nullable Stop stop) {
    long begin = nanos.getAsLong();
    upkeep.ofIdle(channel, stop);
    return idle.result(channel, Duration.ofNanos(nanos.getAsLong() - begin));
  }
}
