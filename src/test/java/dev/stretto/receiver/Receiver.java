package dev.stretto.receiver;

import dev.stretto.cli.demo.NotingHttp2;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.function.LongToIntFunction;
import java.util.function.Supplier;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * A destination on loopback that notes what arrives, in order, and answers 200 after a delay. It
 * holds a delayed answer without a thread. HTTP/1.1 and HTTP/2 share the port.
 */
public final class Receiver implements AutoCloseable {

  private static final int MAX_THREADS = 16;

  private final Arrivals arrivals = new Arrivals();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger mostInFlight = new AtomicInteger();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("receiver-timer").factory());
  private final Options options;
  private volatile LongToIntFunction statuses = position -> 200;
  private final Server server;
  private final ServerConnector connector;

  /**
   * How a receiver answers.
   *
   * @param port the port on loopback, or 0 for a free one
   * @param delay how long after its arrival the message at a position is answered, 0 or more
   * @param maxStreams the most requests under way that an HTTP/2 client is told it may have, 1 or
   *     more
   * @param tls the certificate to speak TLS with, or null for cleartext
   * @param pages texts given on {@code GET}, by path; such requests are not noted
   */
  public record Options(
      int port,
      LongFunction<Duration> delay,
      int maxStreams,
      @Nullable Tls tls,
      Map<String, Supplier<String>> pages) {

    /** Cleartext on a free port, 1,024 streams, no pages. */
    public static Options delayed(LongFunction<Duration> delay) {
      return new Options(0, delay, 1024, null, Map.of());
    }
  }

  /**
   * A PKCS12 file with a key and its certificate.
   *
   * @param keyStore the file
   * @param password what opens the file and the key
   * @param mutual whether a client must show that certificate too
   */
  public record Tls(Path keyStore, String password, boolean mutual) {}

  /**
   * One request.
   *
   * @param position the message's place in its channel, or 0 where the request named none
   * @param messageId the idempotency key, or the empty text
   * @param attempt which attempt it was, from 1; 0 where the request named none
   * @param fence the sender's fencing token; 0 where the request named none
   */
  public record Arrival(long position, String messageId, int attempt, long fence) {}

  /**
   * What arrived so far.
   *
   * @param count the requests
   * @param distinct the message ids among them
   * @param inversions the first attempts that arrived after one of a higher position
   * @param duplicates the requests whose message id had arrived before
   * @param maxInFlight the most requests that waited for their answer at once
   */
  public record Totals(
      long count, long distinct, long inversions, long duplicates, int maxInFlight) {}

  /** Every answer after the same delay. */
  public static LongFunction<Duration> constant(Duration delay) {
    return position -> delay;
  }

  /**
   * 95% of the answers after 20 ms, 4% after 200 ms, 1% after 1 s; for a seed, a position's is
   * always the same.
   */
  public static LongFunction<Duration> tail(long seed) {
    return position -> {
      long mixed = (seed * 31 + position) * 0x9E3779B97F4A7C15L;
      mixed = (mixed ^ (mixed >>> 32)) * 0xBF58476D1CE4E5B9L;
      long percent = Math.floorMod(mixed ^ (mixed >>> 29), 100L);
      return Duration.ofMillis(percent < 95 ? 20 : percent < 99 ? 200 : 1000);
    };
  }

  /**
   * Starts listening.
   *
   * @throws IllegalStateException where the port is taken or the key store unusable
   */
  public Receiver(Options options) {
    this.options = options;
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("receiver");
    threads.setDaemon(true);
    server = new Server(threads);
    connector = connector();
    connector.setHost("127.0.0.1");
    connector.setPort(options.port());
    connector.setIdleTimeout(Duration.ofMinutes(5).toMillis());
    server.addConnector(connector);
    server.setHandler(new Answers());
    try {
      server.start();
    } catch (Exception e) {
      close();
      throw new IllegalStateException("the receiver can't listen: " + e.getMessage(), e);
    }
  }

  private ServerConnector connector() {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(false);
    HttpConnectionFactory http1 = new HttpConnectionFactory(http);
    Tls tls = options.tls();
    if (tls == null) {
      return new ServerConnector(server, 1, 1, http1, http2(http, "h2c"));
    }
    SslContextFactory.Server certificate = new SslContextFactory.Server();
    certificate.setKeyStorePath(tls.keyStore().toUri().toString());
    certificate.setKeyStorePassword(tls.password());
    certificate.setSniRequired(false);
    if (tls.mutual()) {
      certificate.setNeedClientAuth(true);
      certificate.setTrustStorePath(tls.keyStore().toUri().toString());
      certificate.setTrustStorePassword(tls.password());
    }
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2", "http/1.1");
    alpn.setDefaultProtocol("http/1.1");
    return new ServerConnector(
        server,
        1,
        1,
        new SslConnectionFactory(certificate, alpn.getProtocol()),
        alpn,
        http2(http, "h2"),
        http1);
  }

  private NotingHttp2 http2(HttpConfiguration http, String protocol) {
    return new NotingHttp2(http, protocol, options.maxStreams(), this::note);
  }

  /**
   * Answers otherwise from now on.
   *
   * @param status by position; 200 until this is called
   */
  public void answerWith(LongToIntFunction status) {
    statuses = status;
  }

  /** The port it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** The numbers so far. */
  public Totals totals() {
    return arrivals.totals(mostInFlight.get());
  }

  /** A copy of what arrived so far, in order; about 100 bytes a request. */
  public List<Arrival> arrivals() {
    return arrivals.list();
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

  private void note(String method, HttpFields headers) {
    if (HttpMethod.GET.is(method)) {
      return;
    }
    String id = headers.get("Stretto-Message-Id");
    arrivals.add(
        number(headers, "Stretto-Position"),
        id == null ? "" : id,
        Math.toIntExact(number(headers, "Stretto-Attempt")),
        number(headers, "Stretto-Fence"));
  }

  private static long number(HttpFields headers, String name) {
    try {
      return Math.max(0, headers.getLongField(name));
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  private final class Answers extends Handler.Abstract.NonBlocking {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      if (HttpMethod.GET.is(request.getMethod())) {
        Supplier<String> page = options.pages().get(Request.getPathInContext(request));
        response.setStatus(page == null ? 404 : 200);
        Content.Sink.write(response, true, page == null ? "" : page.get(), callback);
        return true;
      }
      if (request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
        note(request.getMethod(), request.getHeaders());
      }
      mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
      long position = number(request.getHeaders(), "Stretto-Position");
      Content.Source.consumeAll(
          request,
          Callback.from(
              () -> answerLater(position, response, callback),
              failure -> {
                inFlight.decrementAndGet();
                callback.failed(failure);
              }));
      return true;
    }

    private void answerLater(long position, Response response, Callback callback) {
      response.setStatus(statuses.applyAsInt(position));
      Duration delay = options.delay().apply(position);
      if (delay.isPositive()) {
        var _ =
            timer.schedule(() -> answer(response, callback), delay.toNanos(), TimeUnit.NANOSECONDS);
      } else {
        answer(response, callback);
      }
    }

    /** No longer counted as in flight once the client may see its answer. */
    private void answer(Response response, Callback callback) {
      inFlight.decrementAndGet();
      response.write(true, null, callback);
    }
  }
}
