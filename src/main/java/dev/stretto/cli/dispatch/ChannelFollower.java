package dev.stretto.cli.dispatch;

import dev.stretto.batch.RunLauncher;
import dev.stretto.batch.RunResult;
import dev.stretto.cli.dispatch.ChannelRuns.Ended;
import dev.stretto.cli.supervise.Readiness.State;
import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.Stop;
import dev.stretto.follow.Bell;
import dev.stretto.follow.Places.Place;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.Following;
import dev.stretto.run.OpenChannel;
import dev.stretto.run.RunOptions;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Follows one channel: as a rule in one run, that stays until it is asked to stop; where that ends
 * before, in another, once there is a chance that it fares better. Used on the channel's thread.
 */
final class ChannelFollower {

  private static final Logger LOG = LoggerFactory.getLogger(ChannelFollower.class);

  /** How long the database may be away before the process ends. */
  private static final Duration DATABASE_PATIENCE = Duration.ofMinutes(1);

  private static final Duration DATABASE_PAUSE = Duration.ofSeconds(2);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /** How often it is looked for what ends a pause. */
  private static final Duration LOOK = Duration.ofMillis(100);

  private final ChannelRuns runs;
  private final RunLauncher launcher;
  private final OpenChannel channel;
  private final RunOptions options;
  private final Stay stay;
  private final Standby standby;
  private Duration pause = FIRST_PAUSE;

  /** Since when nothing came of the database, in nanoseconds; null while it answers. */
  private @Nullable Long lostAt;

  /** The run that ended so; null while the database answers. */
  private @Nullable Ended lost;

  /** Whether there was a run, so that the channel is waited for where it is held. */
  private boolean hadIt;

  /** Whether a person has paused it, so that it is waited for. */
  private boolean paused;

  ChannelFollower(
      ChannelRuns runs,
      RunLauncher launcher,
      OpenChannel channel,
      RunOptions options,
      Stay stay,
      Standby standby) {
    this.runs = runs;
    this.launcher = launcher;
    this.channel = channel;
    this.options = options;
    this.stay = stay;
    this.standby = standby;
  }

  /** Blocks until the channel is followed no more. Returns how its last run ended. */
  Ended follow(Place place) {
    while (true) {
      Stop stop = runs.stop();
      if (stop == null && waits()) {
        stop = awaitFree();
      }
      if (stop == null) {
        state(State.WAITING);
        place.take(() -> runs.stop() != null);
        stop = runs.stop();
      }
      if (stop != null) {
        place.giveBack();
        return over(stopped(stop));
      }
      Ended end = run(place);
      if (!goesOn(end)) {
        return over(end);
      }
    }
  }

  /** How it ends between two runs, or before the first. */
  private Ended stopped(Stop stop) {
    Ended loss = lost;
    if (loss != null) {
      return loss.followedByNone();
    }
    return hadIt
        ? new Ended(
                channel.name(),
                new RunResult.NotBegun(channel.name(), stop, 0, Duration.ZERO),
                null)
            .followedByNone()
        : runs.unbegun(channel, stop);
  }

  private Ended over(Ended end) {
    state(State.OVER);
    return end;
  }

  /** Whether a channel that nobody can have now is waited for. */
  private boolean waits() {
    return stay.standby() || hadIt || paused;
  }

  private void state(State state) {
    stay.readiness().tell(channel.name(), state);
  }

  private Ended run(Place place) {
    try {
      return new Ended(
          channel.name(),
          launcher.dispatch(channel, options, new Following(stay.arrivals(), place), this::began),
          null);
    } catch (Exception e) {
      return new Ended(channel.name(), null, e);
    } catch (Error e) {
      // Whoever awaits this channel would wait for ever.
      return new Ended(channel.name(), null, new IllegalStateException(e.toString(), e));
    } finally {
      place.giveBack();
    }
  }

  private void began(ChannelRun run) {
    hadIt = true;
    lostAt = null;
    lost = null;
    state(State.FOLLOWING);
    runs.began(run);
  }

  /** Whether another run follows; blocks until it is time for that. */
  private boolean goesOn(Ended end) {
    RunEnd.Next next = RunEnd.next(end);
    if (end.result() != null && end.result().counts().delivered() > 0) {
      pause = FIRST_PAUSE;
    }
    return switch (next) {
      case NOTHING -> false;
      case STANDBY -> {
        boolean another = waits();
        if (another && end.result() instanceof RunResult.Executed) {
          runs.followed(end);
        }
        yield another;
      }
      case RESUMED -> {
        paused = true;
        runs.followed(end);
        yield true;
      }
      case AFTER_DATABASE -> {
        lost = end;
        runs.followed(end);
        databaseIsGone();
        yield pause(false);
      }
      case AFTER_NEWS -> {
        runs.followed(end);
        yield pause(othersMayShow());
      }
      case LATER -> {
        runs.followed(end);
        yield pause(false);
      }
    };
  }

  /** Whether a message that arrives may show whose fault a failure was. */
  private boolean othersMayShow() {
    DispatchSettings settings = channel.settings().dispatch();
    return settings.ordering() != Ordering.STRICT && settings.onExhausted() != OnExhausted.HOLD;
  }

  /** Blocks for a while, each time longer; true, for another run follows, or the stop is seen. */
  private boolean pause(boolean untilNews) {
    state(State.PAUSING);
    boolean away = lost != null;
    long end = System.nanoTime() + (away ? DATABASE_PAUSE : pause).toNanos();
    long atLeast = System.nanoTime() + FIRST_PAUSE.toNanos();
    if (!away) {
      Duration longer = pause.multipliedBy(2);
      pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    }
    try (Bell bell =
        stay.arrivals().bell(channel.name(), channel.settings().dispatch().ordering(), () -> {})) {
      bell.look();
      if (untilNews) {
        bell.await(0, false);
      }
      boolean over = false;
      while (!over) {
        long now = System.nanoTime();
        boolean news = bell.rang() && now - atLeast >= 0;
        over = news || now - end >= 0 || runs.awaitStop(LOOK);
      }
    }
    return true;
  }

  /** Blocks until somebody can have the channel. Returns why nothing more shall begin, or null. */
  private @Nullable Stop awaitFree() {
    State blocked = blocked();
    while (blocked != null) {
      state(blocked);
      if (runs.awaitStop(Standby.LOOK)) {
        return runs.stop();
      }
      blocked = blocked();
    }
    return runs.stop();
  }

  /** Why nobody can have the channel now, as far as is known; null where it is free. */
  private @Nullable State blocked() {
    try {
      State blocked = standby.blocked(channel.name());
      lostAt = null;
      return blocked;
    } catch (SQLException | DataAccessException e) {
      LOG.debug("Can't see who holds channel {}", channel.name(), e);
      databaseIsGone();
      return State.STANDING_BY;
    }
  }

  /** Where the database is away for too long, all ends, for a supervisor to begin again. */
  private void databaseIsGone() {
    Long since = lostAt;
    if (since == null) {
      lostAt = System.nanoTime();
    } else if (System.nanoTime() - since > DATABASE_PATIENCE.toNanos()) {
      runs.lose();
    }
  }
}
