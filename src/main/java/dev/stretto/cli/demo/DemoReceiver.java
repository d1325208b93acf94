package dev.stretto.cli.demo;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The demo's destination: HTTP/2 on loopback, which counts what arrives and answers 200 after a
 * delay. It holds a delayed answer without a thread.
 */
final class DemoReceiver implements AutoCloseable {

  private static final int MAX_THREADS = 16;
  private static final int MAX_STREAMS = 1024;

  private final Duration delay;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("receiver-timer").factory());
  private final Server server;
  private final ServerConnector connector;
  private final Set<String> ids = new HashSet<>();
  private long highest;
  private long inversions;
  private long duplicates;
  private int inFlight;
  private int maxInFlight;

  /**
   * What arrived so far.
   *
   * @param distinct the messages
   * @param inversions the messages that arrived after one of a higher position
   * @param duplicates the requests whose message had arrived before
   * @param maxInFlight the most requests that waited for their answer at once
   */
  record Totals(long distinct, long inversions, long duplicates, int maxInFlight) {}

  /**
   * Starts listening on a free port.
   *
   * @param delay how long after its arrival a request is answered, 0 or more
   * @throws IllegalStateException where there is no port left
   */
  DemoReceiver(Duration delay) {
    this.delay = delay;
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("receiver");
    threads.setDaemon(true);
    server = new Server(threads);
    connector =
        new ServerConnector(
            server,
            1,
            1,
            new NotingHttp2(
                new HttpConfiguration(), "h2c", MAX_STREAMS, (method, headers) -> note(headers)));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new Answers());
    try {
      server.start();
    } catch (Exception e) {
      close();
      throw new IllegalStateException("the demo's receiver can't listen: " + e.getMessage(), e);
    }
  }

  int port() {
    return connector.getLocalPort();
  }

  synchronized Totals totals() {
    return new Totals(ids.size(), inversions, duplicates, maxInFlight);
  }

  private synchronized void note(HttpFields headers) {
    maxInFlight = Math.max(maxInFlight, ++inFlight);
    if (!ids.add(String.valueOf(headers.get("Stretto-Message-Id")))) {
      duplicates++;
      return;
    }
    long position = headers.getLongField("Stretto-Position");
    if (position < highest) {
      inversions++;
    }
    highest = Math.max(highest, position);
  }

  /** No longer counted as in flight once the client may see its answer. */
  private synchronized void noteAnswer() {
    inFlight--;
  }

  /** Cuts all connections and frees the port; waits some milliseconds at most. */
  @Override
  public void close() {
    timer.shutdownNow();
    try {
      server.setStopTimeout(0);
      server.stop();
    } catch (Exception _) {
      // Its threads are daemons, and nothing of it is needed any more.
    }
  }

  private final class Answers extends Handler.Abstract.NonBlocking {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      Content.Source.consumeAll(
          request, Callback.from(() -> answerLater(response, callback), callback::failed));
      return true;
    }

    private void answerLater(Response response, Callback callback) {
      Runnable answer =
          () -> {
            noteAnswer();
            response.write(true, null, callback);
          };
      if (delay.isPositive()) {
        var _ = timer.schedule(answer, delay.toNanos(), TimeUnit.NANOSECONDS);
      } else {
        answer.run();
      }
    }
  }
}
