package dev.stretto.cli.dispatch;

import dev.stretto.cli.output.ExitCode;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs that begin at the times of a schedule, one after the other, until all are to stop. */
final class ScheduledRuns {

  private final Schedule schedule;
  private final Clock clock;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private @Nullable String stopped;
  private @Nullable ChannelRuns current;

  ScheduledRuns(Schedule schedule, Clock clock) {
    this.schedule = schedule;
    this.clock = clock;
  }

  /** What begins at each time. */
  interface Tick {
    /**
     * Blocks until the runs have ended.
     *
     * @return their gravest exit code
     */
    ExitCode run() throws InterruptedException;
  }

  /**
   * Blocks until all are to stop.
   *
   * @return 2 where a run ended so, for no later one would do better; else 0
   */
  ExitCode await(Tick tick) throws InterruptedException {
    ZonedDateTime begin = ZonedDateTime.now(clock);
    ZonedDateTime last = null;
    while (!stops(schedule.untilNext(begin, last, ZonedDateTime.now(clock)))) {
      last = ZonedDateTime.now(clock);
      if (tick.run() == ExitCode.USAGE) {
        return ExitCode.USAGE;
      }
    }
    return ExitCode.DONE;
  }

  private boolean stops(Duration wait) throws InterruptedException {
    return stopping.await(wait.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** These run now. */
  synchronized void runs(ChannelRuns runs) {
    current = runs;
    if (stopped != null) {
      runs.stop(stopped);
    }
  }

  /** Has what runs start nothing more, and nothing else begin; returns at once. */
  synchronized void stop(String why) {
    stopped = why;
    stopping.countDown();
    if (current != null) {
      current.stop(why);
    }
  }

  /** Whether what runs answers; true where nothing does. */
  synchronized boolean alive() {
    if (current != null) {
      current.counts();
    }
    return true;
  }
}
