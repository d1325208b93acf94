package dev.stretto.cli.dispatch;

import dev.stretto.batch.IdleUpkeep;
import dev.stretto.batch.RunLauncher;
import dev.stretto.batch.RunResult;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.dispatch.Counts;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
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
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The runs of one dispatch command, each channel's on a thread of its own: so many side by side,
 * and the others in turn, each as soon as one of those has ended.
 */
final class ChannelRuns {

  private static final Stop TIME_UP = new Stop(Reason.TIME_UP, "the time is up", null);

  private final RunLauncher launcher;
  private final IdleUpkeep idleUpkeep;
  private final RunOptions options;
  private final Set<String> named;
  private final Semaphore turns;
  private final long begin = System.nanoTime();
  private final List<ChannelRun> running = new ArrayList<>();
  private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
  private final Set<String> outstanding = new LinkedHashSet<>();
  private final Map<String, SQLException> givenUp = new HashMap<>();
  private @Nullable String stopped;
  private int awaited;

  /** How one channel's run ended: a result, or why there was none. */
  record Ended(String channel, @Nullable RunResult result, @Nullable Exception failure) {}

  /**
   * Readies the runs; none begins yet.
   *
   * @param named the channels that a person named, which are not skipped where they are held
   * @param atOnce the most side by side, 1 or more
   */
  ChannelRuns(
      RunLauncher launcher,
      IdleUpkeep idleUpkeep,
      RunOptions options,
      Set<String> named,
      int atOnce) {
    this.launcher = launcher;
    this.idleUpkeep = idleUpkeep;
    this.options = options;
    this.named = named;
    this.turns = new Semaphore(atOnce, true);
  }

  /**
   * Has a run begin on each channel on which there is anything to do, in this order; returns at
   * once, behind one look at all of them.
   */
  void start(OpenChannels channels) {
    awaited = channels.count();
    Set<String> idle = idleUpkeep.idle(channels);
    idle.forEach(this::outstanding);
    Thread.ofVirtual().name("idle-channels").start(() -> idle.forEach(this::pass));
    for (OpenChannel channel : channels) {
      if (idle.contains(channel.name())) {
        continue;
      }
      outstanding(channel.name());
      boolean atOnce = turns.tryAcquire();
      Thread.ofVirtual()
          .name("channel-" + channel.name())
          .start(() -> ended(atOnce ? run(channel, options) : runInTurn(channel)));
    }
  }

  private synchronized void outstanding(String channel) {
    outstanding.add(channel);
  }

  private synchronized void ended(Ended end) {
    if (outstanding.remove(end.channel())) {
      ended.add(end);
    }
  }

  private void pass(String channel) {
    try {
      ended(new Ended(channel, idleUpkeep.pass(channel, stop()), null));
    } catch (RuntimeException e) {
      ended(new Ended(channel, null, e));
    }
  }

  /** What was asked of the command counts from its begin: who has to wait has less time. */
  private Ended runInTurn(OpenChannel channel) {
    turns.acquireUninterruptibly();
    Duration time = options.time();
    Duration left = time == null ? null : time.minusNanos(System.nanoTime() - begin);
    Stop stop = left == null || left.isPositive() ? stop() : TIME_UP;
    return stop == null ? run(channel, options.within(left)) : unbegun(channel, stop);
  }

  private synchronized @Nullable Stop stop() {
    return stopped == null ? null : new Stop(Reason.ASKED, stopped, null);
  }

  private Ended unbegun(OpenChannel channel, Stop stop) {
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
    } finally {
      turns.release();
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
    } finally {
      turns.release();
    }
  }

  private synchronized void began(ChannelRun run) {
    running.add(run);
    if (stopped != null) {
      run.stop(stopped);
    }
  }

  /** Has every run, also those that begin later, start nothing more and end; returns at once. */
  synchronized void stop(String why) {
    stopped = why;
    running.forEach(run -> run.stop(why));
  }

  /**
   * Has every run end, for the database does not answer: what is under way can't be recorded, and
   * no lease is renewed any more.
   */
  synchronized void giveUp(SQLException unanswered) {
    stopped = unanswered.getMessage();
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
    for (int i = 0; i < awaited; i++) {
      Ended end = ended.take();
      each.accept(end);
      gravest = gravest.or(RunEnd.code(end, named.contains(end.channel())));
    }
    return gravest;
  }
}
