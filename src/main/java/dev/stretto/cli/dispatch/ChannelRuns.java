package dev.stretto.cli.dispatch;

import dev.stretto.batch.RunLauncher;
import dev.stretto.batch.RunResult;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.dispatch.Counts;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.OpenChannel;
import dev.stretto.run.RunOptions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The runs of one dispatch command, each channel's on a thread of its own. */
final class ChannelRuns {

  private final RunLauncher launcher;
  private final RunOptions options;
  private final boolean named;
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
   * @param named whether a person named the channels, so that a held one is not skipped
   */
  ChannelRuns(RunLauncher launcher, RunOptions options, boolean named) {
    this.launcher = launcher;
    this.options = options;
    this.named = named;
  }

  /** Starts a run on each channel; returns at once. */
  void start(OpenChannels channels) {
    awaited = channels.count();
    for (OpenChannel channel : channels) {
      outstanding(channel.name());
      Thread.ofVirtual().name("channel-" + channel.name()).start(() -> ended(run(channel)));
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

  private Ended run(OpenChannel channel) {
    String name = channel.name();
    try {
      return new Ended(name, launcher.dispatch(channel, options, this::began), null);
    } catch (Exception e) {
      return new Ended(name, null, e);
    } catch (Error e) {
      // Whoever awaits this channel would wait for ever.
      return new Ended(name, null, new IllegalStateException(e.toString(), e));
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
      gravest = gravest.or(RunEnd.code(end, named));
    }
    return gravest;
  }
}
