package dev.stretto.benchmark;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.server.RawHTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Answers 200 on loopback, after a delay that holds no thread. It is made to cost little beside
 * what it measures: HTTP/2 frames are answered as they are read, below Jetty's handlers.
 */
final class Destination implements AutoCloseable {

  private static final int MAX_THREADS = 8;
  private static final int SESSION_WINDOW = 16 * 1024 * 1024;
  private static final String POSITION = "Stretto-Position";
  private static final String CHANNEL = "Stretto-Channel";
  private static final MetaData.Response OK =
      new MetaData.Response(200, null, HttpVersion.HTTP_2, HttpFields.EMPTY);

  private final ArrivalLog log;
  private final int channels;
  private final LongFunction<Duration> delay;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("timer").factory());
  private final Server server;
  private final ServerConnector connector;

  /**
   * Starts listening.
   *
   * @param version {@code 1.1} or {@code 2}, the latter in cleartext with prior knowledge
   * @param streams the most requests under way that an HTTP/2 client is told it may have
   * @param channels how many channels send to it, whose names end with their numbers
   */
  Destination(
      ArrivalLog log, LongFunction<Duration> delay, String version, int streams, int channels)
      throws Exception {
    this.log = log;
    this.channels = channels;
    this.delay = delay;
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setDaemon(true);
    server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(false);
    connector = new ServerConnector(server, 1, 1, protocol(http, version, streams));
    connector.setHost("127.0.0.1");
    connector.setIdleTimeout(Duration.ofMinutes(5).toMillis());
    server.addConnector(connector);
    server.setHandler(new Answers());
    server.start();
  }

  @Override
  public void close() throws Exception {
    server.stop();
    timer.shutdownNow();
  }

  int port() {
    return connector.getLocalPort();
  }

  private ConnectionFactory protocol(HttpConfiguration http, String version, int streams) {
    if (version.equals("1.1")) {
      return new HttpConnectionFactory(http);
    }
    RawHTTP2ServerConnectionFactory http2 =
        new RawHTTP2ServerConnectionFactory(http, new Session(), "h2c");
    http2.setMaxConcurrentStreams(streams);
    http2.setRateControlFactory(new RateControl.Factory() {});
    http2.setInitialSessionRecvWindow(SESSION_WINDOW);
    return http2;
  }

  /** Positions of several channels are told apart by their remainders. */
  private long arrived(HttpFields headers) {
    long position = headers.getLongField(POSITION);
    String number = String.valueOf(headers.get(CHANNEL)).replaceAll("\\D", "");
    long channel = channels == 1 || number.isEmpty() ? 0 : Long.parseLong(number);
    log.arrived(position * channels + channel);
    return position;
  }

  private void answerLater(long position, Runnable answer) {
    Duration after = delay.apply(position);
    if (after.isPositive()) {
      var _ = timer.schedule(answer, after.toNanos(), TimeUnit.NANOSECONDS);
    } else {
      answer.run();
    }
  }

  private final class Session implements ServerSessionListener {

    @Override
    public Stream.Listener onNewStream(Stream stream, HeadersFrame frame) {
      MetaData.Request request = (MetaData.Request) frame.getMetaData();
      long position = arrived(request.getHttpFields());
      if (frame.isEndStream()) {
        answer(stream, position);
      } else {
        stream.demand();
      }
      return new Body(position);
    }

    private void answer(Stream stream, long position) {
      answerLater(
          position,
          () -> {
            log.answered();
            stream.headers(new HeadersFrame(stream.getId(), OK, null, true), Callback.NOOP);
          });
    }

    /** Reads a body and drops it. */
    private final class Body implements Stream.Listener {

      private final long position;

      Body(long position) {
        this.position = position;
      }

      @Override
      public void onDataAvailable(Stream stream) {
        for (Stream.Data data = stream.readData(); data != null; data = stream.readData()) {
          boolean last = data.frame().isEndStream();
          data.release();
          if (last) {
            answer(stream, position);
            return;
          }
        }
        stream.demand();
      }
    }
  }

  private final class Answers extends Handler.Abstract.NonBlocking {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      long position = arrived(request.getHeaders());
      Content.Source.consumeAll(
          request,
          Callback.from(
              () ->
                  answerLater(
                      position,
                      () -> {
                        log.answered();
                        response.write(true, null, callback);
                      }),
              callback::failed));
      return true;
    }
  }
}
