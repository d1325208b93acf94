package dev.stretto.transport.http;

import dev.stretto.transport.http.answer.InterimAnswers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.client.ConnectionPool;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.DuplexConnectionPool;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpProxy;
import org.eclipse.jetty.client.transport.HttpClientConnectionFactory;
import org.eclipse.jetty.client.transport.HttpClientTransportDynamic;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP clients of a process. Channels that ask for the same of theirs share one; all clients
 * share their threads and buffers. Connections are each channel's own: a request carries its
 * channel's {@link HttpConnections} as its tag, and the client keeps the connections of each tag
 * apart. Thread-safe.
 */
final class HttpClients {

  /** Bytes of an answer's head; the client's own default has no end. */
  private static final int MOST_HEADERS = 64 * 1024;

  /** For answers, beside one thread a client that waits for the network. */
  private static final int THREADS = 8;

  /** How long finding a host's addresses may take. */
  private static final Duration RESOLVE_TIMEOUT = Duration.ofSeconds(15);

  private static final Duration STOP_TIMEOUT = Duration.ofMillis(500);

  private final Map<HttpSettings.Client, Shared> clients = new HashMap<>();
  private @Nullable Threads threads;

  /** What all clients work with, from the first's start to the last's end. */
  private record Threads(QueuedThreadPool pool, Scheduler scheduler, ByteBufferPool buffers) {

    static Threads start() throws Exception {
      QueuedThreadPool pool = new QueuedThreadPool(THREADS, 1);
      pool.setName("http");
      pool.setDaemon(true);
      pool.setStopTimeout(STOP_TIMEOUT.toMillis());
      Scheduler scheduler = new ScheduledExecutorScheduler("http-timer", true);
      pool.start();
      scheduler.start();
      return new Threads(pool, scheduler, new ArrayByteBufferPool());
    }

    void forClients(int count) {
      pool.setMaxThreads(THREADS + count);
    }

    void stop() {
      LifeCycle.stop(scheduler);
      LifeCycle.stop(pool);
    }
  }

  private static final class Shared {
    private final HttpClient client;
    private int users;

    Shared(HttpClient client) {
      this.client = client;
    }
  }

  /**
   * A started client, to be given back by {@link #release}.
   *
   * @throws Exception where it can't be started
   */
  synchronized HttpClient use(HttpSettings.Client kind, HttpTls tls) throws Exception {
    Shared shared = clients.get(kind);
    if (shared == null) {
      Threads running = threads == null ? Threads.start() : threads;
      threads = running;
      running.forClients(clients.size() + 1);
      shared = new Shared(started(kind, tls, running));
      clients.put(kind, shared);
    }
    shared.users++;
    return shared.client;
  }

  /** Stops the client where nobody else uses it. */
  synchronized void release(HttpSettings.Client kind) {
    Shared shared = clients.get(kind);
    if (shared != null && --shared.users == 0) {
      clients.remove(kind);
      // What does not stop in time ends with the process: its threads are daemons.
      LifeCycle.stop(shared.client);
      if (clients.isEmpty() && threads != null) {
        threads.stop();
        threads = null;
      }
    }
  }

  /**
   * One without a tag is a proxy's, and makes no connection of its own: tunnels are the others'.
   */
  private static ConnectionPool pool(Destination destination) {
    return destination.getOrigin().getTag() == null
        ? new DuplexConnectionPool(destination, 1)
        : HttpConnections.of(destination).pool(destination);
  }

  private static HttpClient started(HttpSettings.Client kind, HttpTls tls, Threads threads)
      throws Exception {
    ClientConnector connector = new ClientConnector();
    connector.setSelectors(1);
    connector.setSslContextFactory(tls.factory());

    HTTP2Client http2Client = new HTTP2Client(connector);
    // Each channel has its own bound, and the destination's, which is asked before each start.
    http2Client.setMaxLocalStreams(Integer.MAX_VALUE);
    var transport =
        new HttpClientTransportDynamic(
            connector, HttpLinkFactory.protocol(http2Client), HttpClientConnectionFactory.HTTP11);
    transport.setConnectionPoolFactory(HttpClients::pool);

    HttpClient starting = new HttpClient(transport);
    starting.setExecutor(threads.pool());
    starting.setScheduler(threads.scheduler());
    starting.setByteBufferPool(threads.buffers());
    starting.setConnectTimeout(kind.connectTimeout().toMillis());
    starting.setIdleTimeout(kind.timeout().plusSeconds(30).toMillis());
    starting.setMaxResponseHeadersSize(MOST_HEADERS);
    // Each channel has its window.
    starting.setMaxRequestsQueuedPerDestination(Integer.MAX_VALUE);
    starting.setFollowRedirects(false);
    starting.setHttpCookieStore(new HttpCookieStore.Empty());
    starting.setUserAgentField(new HttpField(HttpHeader.USER_AGENT, "Stretto"));
    HttpAddress proxy = kind.proxy();
    if (proxy != null) {
      starting.getProxyConfiguration().addProxy(new HttpProxy(proxy.host(), proxy.port()));
    }
    starting.setSocketAddressResolver(
        new JudgedAddresses(
            new SocketAddressResolver.Async(
                threads.pool(), threads.scheduler(), RESOLVE_TIMEOUT.toMillis()),
            new SocketAddressResolver.Async(
                JudgedAddresses.THREADS, threads.scheduler(), RESOLVE_TIMEOUT.toMillis())));
    starting.start();
    starting.getProtocolHandlers().clear();
    starting.getProtocolHandlers().put(new InterimAnswers());
    starting.getContentDecoderFactories().clear();
    return starting;
  }
}
