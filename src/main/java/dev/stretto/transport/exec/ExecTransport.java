package dev.stretto.transport.exec;

import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.ReturnedCalls;
import dev.stretto.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The way through one program, or through several of which each has its own keys.
 *
 * <p>What is guaranteed of the order: a call has left once its line is in the pipe to the program,
 * and the next is started only then, so that a program reads lines in start order. Those that go
 * back in line unread, because the program died, are not overtaken. What it does with its lines is
 * its own. {@code ExecOrderTest} and {@code ExecIT} fail without it.
 */
final class ExecTransport implements Transport {

  private final List<Worker> workers;
  private final SlowStart pace;
  private final ReturnedCalls returned = new ReturnedCalls();
  private final Duration timeout;
  private final ScheduledThreadPoolExecutor timer;

  ExecTransport(String channel, ExecSettings settings, int window) {
    this.pace = new SlowStart(window);
    this.timeout = settings.timeout();
    ProgramStart start = new ProgramStart(channel, settings, window);
    this.workers =
        IntStream.rangeClosed(1, settings.processes())
            .mapToObj(number -> {
              String name = settings.processes() == 1 ? channel : channel + "-" + number;
              return new Worker(name, start, pace, settings.ready());
            })
            .toList();
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("exec-timer-" + channel).factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Less than the window only for a while after a program died with messages. */
  @Override
  public int capacity() {
    return pace.capacity();
  }

  /** Starts the program where there is none; that takes some ms. */
  @Override
  public void start(Call call, Progress progress) {
    if (workers.size() == 1 && returned.overtakes(call)) {
      // It was chosen because the destination is in doubt.
      returned.add(call);
      progress.finished(new RetryLater(Fault.UNTAKEN, "an earlier message goes first", null));
      return;
    }
    ExecCall starting = new ExecCall(call, progress, returned, MessageLine.of(call));
    Worker worker = worker(call.message());
    if (!timer.isShutdown()) {
      starting.expireWith(
          timer.schedule(
              () -> worker.expire(starting, timeout), timeout.toNanos(), TimeUnit.NANOSECONDS));
    }
    worker.start(starting);
  }

  /** A key's messages always go through the same program. */
  private Worker worker(Message message) {
    String key = message.orderingKey();
    int hash = key == null ? Long.hashCode(message.position()) : key.hashCode();
    return workers.get(Math.floorMod(hash, workers.size()));
  }

  /** Ends the programs' input, and after some seconds the programs. */
  @Override
  public void close() {
    timer.shutdown();
    List<Thread> closing =
        workers.stream()
            .map(worker -> Thread.ofVirtual().name("exec-close").start(worker::close))
            .toList();
    try {
      for (Thread thread : closing) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
