package dev.stretto.transport.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * Stands before a connection and sees to it that its tasks are run, each once: a task tells one
 * call what was read for it. Jetty's connection forgets those that are left when it is closed, and
 * it is closed as soon as the last answer was read, not told; so answers would be lost, once in
 * some ten thousand connections that end in good order.
 */
final class HttpLinkTasks extends HTTP2Connection implements Connection.Listener {

  private final HTTP2Connection connection;
  private final Executor executor;
  private final Set<Task> left = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  HttpLinkTasks(HTTP2Connection connection, ByteBufferPool buffers, Executor executor) {
    super(
        buffers,
        executor,
        connection.getEndPoint(),
        connection.getSession(),
        connection.getInputBufferSize());
    this.connection = connection;
    this.executor = executor;
    connection.addEventListener(this);
  }

  @Override
  public void offerTask(Runnable task, boolean dispatch) {
    Task offered = new Task(task);
    left.add(offered);
    // Whoever sees the other's write last runs it: this thread, or the one that closes.
    if (closed) {
      execute(offered);
    } else {
      connection.offerTask(offered, dispatch);
    }
  }

  /** Called before the connection stops running tasks. */
  @Override
  public void onClosed(Connection ended) {
    closed = true;
    left.forEach(this::execute);
  }

  private void execute(Task task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException _) {
      // The client stops, and its calls end with it.
    }
  }

  /** Runs where the connection or the executor comes to it first. */
  private final class Task implements Invocable.Task {

    private final Runnable task;

    Task(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      if (left.remove(this)) {
        task.run();
      }
    }

    @Override
    public InvocationType getInvocationType() {
      return Invocable.getInvocationType(task);
    }
  }
}
