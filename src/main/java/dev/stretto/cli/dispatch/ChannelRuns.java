package dev.stretto.cli.dispatch;

import dev.stretto.batch.IdleUpkeep;
import dev.stretto.batch.RunLauncher;
import dev.stretto.batch.RunResult;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.dispatch.Counts;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.follow.Places;
import dev.stretto.follow.Places.Place;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.OpenChannel;
import dev.stretto.run.RunOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The runs of one dispatch command, each channel's on a thread of its own: so many side by side,
 * and the others in turn, each as soon as one of those has ended.
 */
final class ChannelRuns {

  /** How often old messages are removed, and others counted, while runs stay. */
  private static final Duration UPKEEP = Duration.ofMinutes(1);

  private static final Stop TIME_UP = new Stop(Reason.TIME_UP, "the time is up", null);

  private final RunLauncher launcher;
  private final IdleUpkeep idleUpkeep;
  private final RunOptions options;
  private final Set<String> named;
  private final @Nullable Stay stay;
  private final Places places;
  private final long begin = System.nanoTime();
  private final List<ChannelRun> running = new ArrayList<>();
  private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
  private final Set<String> outstanding = new LinkedHashSet<>();
  private final Map<String, SQLException> givenUp = new HashMap<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private @Nullable String stopped;
  private int awaited;

  /**
   * How one channel's run ended: a result, or why there was none.
   *
   * @param over whether no other run of the channel follows in this process
   * @param said whether it was told before, when another run was to follow
   */
  record Ended(
      String channel,
      @Nullable RunResult result,
      @Nullable Exception failure,
      boolean over,
      boolean said) {

    /** Of a channel's only, or last, run. */
    Ended(String channel, @Nullable RunResult result, @Nullable Exception failure) {
      this(channel, result, failure, true, false);
    }

    /** Whether there was a run that did all it was to do. */
    private boolean done() {
      return result instanceof RunResult.Executed executed && executed.completed();
    }

    private Ended followedByAnother() {
      return new Ended(channel, result, failure, false, false);
    }

    Ended followedByNone() {
      return new Ended(channel, result, failure, true, true);
    }
  }

  /**
   * Readies the runs; none begins yet.
   *
   * @param named the channels that a person named, which are not skipped where they are held
   * @param atOnce the most side by side, 1 or more
   * @param stay how runs stay once everything is sent; null where they end then
   */
  ChannelRuns(
      RunLauncher launcher,
      IdleUpkeep idleUpkeep,
      RunOptions options,
      Set<String> named,
      int atOnce,
      @Nullable Stay stay) {
    this.launcher = launcher;
    this.idleUpkeep = idleUpkeep;
    this.options = options;
    this.named = named;
    this.stay = stay;
    this.places = new Places(atOnce, System::nanoTime);
  }

  /**
   * Has a run begin on each channel on which there is anything to do, in this order; returns at
   * once, behind one look at all of them.
   */
  void start(OpenChannels channels) {
    awaited = channels.count();
    if (stay != null) {
      follow(channels, stay);
      return;
    }
    Set<String> idle = idleUpkeep.idle(channels);
    Tellers tellers = Tellers.among(channels, idle);
    channels.forEach(channel -> outstanding(channel.name()));
    Thread.ofVirtual()
        .name("idle-channels")
        .start(() ->
            idle.stream()
                .filter(name -> tellers.of(name).isEmpty())
                .forEach(name -> ended(passed(name))));
    for (OpenChannel channel : channels) {
      String name = channel.name();
      boolean waits = !idle.contains(name);
      if (!waits && tellers.of(name).isEmpty()) {
        continue;
      }
      Place place = places.place();
      boolean atOnce = waits && place.tryTake();
      Thread.ofVirtual()
          .name("channel-" + name)
          .start(() -> {
            try {
              Ended first = null;
              if (waits) {
                first = atOnce ? run(channel, options) : runInTurn(channel, place);
              }
              ended(behind(tellers.of(name), channel, place, first));
            } finally {
              place.giveBack();
            }
          });
    }
  }

  /**
   * Where others have told the channel something meanwhile, has another run send that.
   *
   * @param first how its run ended; null where nothing waited
   */
  private Ended behind(
      Set<String> tellers, OpenChannel channel, Place place, @Nullable Ended first) {
    place.giveBack();
    boolean may = first == null || first.done();
    if (may && awaitEnds(tellers) && !idleUpkeep.idle(List.of(channel)).contains(channel.name())) {
      if (first != null) {
        followed(first);
      }
      return runInTurn(channel, place);
    }
    return first == null ? passed(channel.name()) : first;
  }

  /** Blocks until these have ended, if there are any. Returns whether there is time for more. */
  private synchronized boolean awaitEnds(Set<String> channels) {
    while (stopped == null && channels.stream().anyMatch(outstanding::contains)) {
      try {
        wait();
      } catch (InterruptedException e) {
        return false;
      }
    }
    Duration left = timeLeft();
    return stopped == null && !channels.isEmpty() && (left == null || left.isPositive());
  }

  private void follow(OpenChannels channels, Stay how) {
    Standby standby = new Standby(launcher, idleUpkeep, System::nanoTime);
    for (OpenChannel channel : channels) {
      outstanding(channel.name());
      ChannelFollower follower =
          new ChannelFollower(this, launcher, channel, options.within(null), how, standby);
      Thread.ofVirtual()
          .name("channel-" + channel.name())
          .start(() -> ended(follower.follow(places.place())));
    }
    Thread.ofVirtual().name("upkeep").start(this::keepUp);
  }

  /** What a run does at its end, for runs that have none. */
  private void keepUp() {
    while (!awaitStop(UPKEEP)) {
      for (ChannelRun run : running()) {
        idleUpkeep.meanwhile(run.channel());
      }
    }
  }

  private synchronized List<ChannelRun> running() {
    return List.copyOf(running);
  }

  private synchronized void outstanding(String channel) {
    outstanding.add(channel);
  }

  private synchronized void ended(Ended end) {
    if (outstanding.remove(end.channel())) {
      ended.add(end);
      notifyAll();
    }
  }

  /** A run has ended, and another of the channel follows. */
  synchronized void followed(Ended end) {
    running.removeIf(run -> run.channel().equals(end.channel()));
    ended.add(end.followedByAnother());
  }

  private Ended passed(String channel) {
    try {
      return new Ended(channel, idleUpkeep.pass(channel, stop()), null);
    } catch (RuntimeException e) {
      return new Ended(channel, null, e);
    }
  }

  /** What was asked of the command counts from its begin: who has to wait has less time. */
  private Ended runInTurn(OpenChannel channel, Place place) {
    place.take();
    Duration left = timeLeft();
    Stop stop = left == null || left.isPositive() ? stop() : TIME_UP;
    return stop == null ? run(channel, options.within(left)) : unbegun(channel, stop);
  }

  private @Nullable Duration timeLeft() {
    Duration time = options.time();
    return time == null ? null : time.minusNanos(System.nanoTime() - begin);
  }

  /** Why nothing more shall begin, or null. */
  synchronized @Nullable Stop stop() {
    return stopped == null ? null : new Stop(Reason.ASKED, stopped, null);
  }

  /** How a channel ends whose run has not begun. */
  Ended unbegun(OpenChannel channel, Stop stop) {
    String name = channel.name();
    try {
      SQLException unanswered = givenUp(name);
      if (unanswered != null) {
        return new Ended(name, null, unanswered);
      }
      long remaining = launcher.waiting(name);
      Duration elapsed = Duration.ofNanos(System.nanoTime() - begin);
      return new Ended(
          name,
          remaining == 0
              ? new RunResult.NothingToDo(name, 0, elapsed)
              : new RunResult.NotBegun(name, stop, remaining, elapsed),
          null);
    } catch (RuntimeException e) {
      return new Ended(name, null, e);
    }
  }

  private synchronized @Nullable SQLException givenUp(String channel) {
    return givenUp.get(channel);
  }

  private Ended run(OpenChannel channel, RunOptions how) {
    String name = channel.name();
    try {
      return new Ended(name, launcher.dispatch(channel, how, this::began), null);
    } catch (Exception e) {
      return new Ended(name, null, e);
    } catch (Error e) {
      // Whoever awaits this channel would wait for ever.
      return new Ended(name, null, new IllegalStateException(e.toString(), e));
    }
  }

  /** There is a run, which ends where all shall. */
  synchronized void began(ChannelRun run) {
    running.add(run);
    if (stopped != null) {
      run.stop(stopped);
    }
  }

  /** Has every run, also those that begin later, start nothing more and end; returns at once. */
  synchronized void stop(String why) {
    stopped = why;
    stopping.countDown();
    notifyAll();
    running.forEach(run -> run.stop(why));
  }

  /** The database is away for too long. */
  void lose() {
    stop("the database is away");
  }

  /** Blocks until all shall end, or the time is over; whether they shall end. */
  boolean awaitStop(Duration atMost) {
    try {
      return stopping.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return stop() != null;
    }
  }

  /**
   * Has every run end, for the database does not answer: what is under way can't be recorded, and
   * no lease is renewed any more.
   */
  synchronized void giveUp(SQLException unanswered) {
    stopped = unanswered.getMessage();
    stopping.countDown();
    notifyAll();
    running.forEach(run -> givenUp.put(run.channel(), run.giveUp(unanswered)));
    outstanding.forEach(channel -> givenUp.putIfAbsent(channel, unanswered));
  }

  /** Waits no longer for those that were given up and have not ended. */
  synchronized void abandon() {
    for (String channel : List.copyOf(outstanding)) {
      ended(new Ended(channel, null, givenUp.get(channel)));
    }
  }

  /** What all runs together did so far. */
  synchronized Counts counts() {
    return running.stream().map(ChannelRun::counts).reduce(Counts.NONE, Counts::plus);
  }

  /**
   * Blocks until every run has ended.
   *
   * @param each is told of each end, on this thread
   * @return the command's exit code: the gravest of the runs'
   */
  ExitCode await(Consumer<Ended> each) throws InterruptedException {
    ExitCode gravest = ExitCode.DONE;
    int over = 0;
    while (over < awaited) {
      Ended end = ended.take();
      if (!end.said()) {
        each.accept(end);
      }
      if (end.over()) {
        over++;
        gravest = gravest.or(RunEnd.code(end, named.contains(end.channel()), stay != null));
      }
    }
    return gravest;
  }
}
