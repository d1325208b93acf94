package dev.stretto.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.HTTP2ClientConnectionFactory;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.Test;

/** What was read for a call is told to it once, whenever the connection is closed. */
class HttpLinkTasksTest {

  private final Queue<Runnable> executor = new ArrayDeque<>();
  private final List<String> told = new ArrayList<>();
  private final HTTP2Connection connection = connection();
  private final HttpLinkTasks tasks =
      new HttpLinkTasks(connection, new ByteBufferPool.NonPooling(), executor::add);

  private HTTP2Connection connection() {
    HTTP2Client client = new HTTP2Client();
    client.setExecutor(executor::add);
    client.setByteBufferPool(new ByteBufferPool.NonPooling());
    client.setScheduler(new ScheduledExecutorScheduler());
    Map<String, Object> context = new HashMap<>();
    context.put(HTTP2Client.CONTEXT_KEY, client);
    return (HTTP2Connection)
        new HTTP2ClientConnectionFactory().newConnection(new ByteArrayEndPoint(), context);
  }

  @Test
  void whatIsLeftWhenTheConnectionIsClosedIsToldAllTheSame() {
    offer("first");
    offer("second");
    connection.onClose(null);
    runAll();

    assertThat(told).containsExactlyInAnyOrder("first", "second");
  }

  @Test
  void whatComesAfterwardsIsToldToo() {
    connection.onClose(null);
    offer("late");
    runAll();

    assertThat(told).containsExactly("late");
  }

  @Test
  void nothingIsToldTwice() {
    offer("first");
    runAll();
    connection.onClose(null);
    runAll();

    assertThat(told).containsExactly("first");
  }

  /** As where it comes from a thread that must not run it itself. */
  private void offer(String what) {
    tasks.offerTask(() -> told.add(what), true);
  }

  private void runAll() {
    for (Runnable next = executor.poll(); next != null; next = executor.poll()) {
      next.run();
    }
  }
}
