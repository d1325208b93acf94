package dev.stretto.transport.http;

import dev.stretto.receiver.Certificates;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
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
import org.jspecify.annotations.Nullable;

/** A real Jetty server whose answers a test gives. */
final class ScriptedServer implements AutoCloseable {

  private static final int STREAMS = 128;

  final Queue<Seen> seen = new ConcurrentLinkedQueue<>();

  /** What HTTP/2 requests began with, in the order of their arrival. */
  final Queue<HttpFields> arrived = new ConcurrentLinkedQueue<>();

  final Queue<Session> sessions = new ConcurrentLinkedQueue<>();
  private final Server server = new Server();
  private final ServerConnector connector;
  private final Answer answer;

  /** Which error code the next HTTP/2 streams are reset with as they open; null for none. */
  volatile @Nullable ErrorCode resetWith;

  /** What a request waits for before its body is read. */
  volatile CountDownLatch beforeBodies = new CountDownLatch(0);

  /** How many requests have had their headers read. */
  final AtomicInteger begun = new AtomicInteger();

  record Seen(String method, String pathQuery, String version, HttpFields headers, byte[] body) {
    @Nullable String header(String name) {
      return headers.get(name);
    }
  }

  @FunctionalInterface
  interface Answer {
    void give(Request request, Response response, Callback callback) throws Exception;
  }

  static Answer status(int status, String body, String... headers) {
    return status(status, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  static Answer status(int status, byte[] body, String... headers) {
    return (request, response, callback) -> {
      response.setStatus(status);
      for (int i = 0; i < headers.length; i += 2) {
        response.getHeaders().put(headers[i], headers[i + 1]);
      }
      response.write(true, ByteBuffer.wrap(body), callback);
    };
  }

  /** Cleartext HTTP/2 with so many streams a connection. */
  static ScriptedServer ofStreams(int streams, Answer answer) throws Exception {
    return new ScriptedServer(answer, null, streams, "h2c");
  }

  /** Cleartext HTTP/1.1 and HTTP/2. */
  ScriptedServer(Answer answer) throws Exception {
    this(answer, null, "http/1.1", "h2c");
  }

  ScriptedServer(Answer answer, @Nullable Certificates tls, String... protocols) throws Exception {
    this(answer, tls, STREAMS, protocols);
  }

  private ScriptedServer(
      Answer answer, @Nullable Certificates tls, int streams, String... protocols)
      throws Exception {
    this.answer = answer;
    HttpConfiguration http = new HttpConfiguration();
    http.setUriCompliance(UriCompliance.UNSAFE);
    ConnectionFactory[] factories = new ConnectionFactory[protocols.length];
    for (int i = 0; i < protocols.length; i++) {
      factories[i] =
          protocols[i].equals("http/1.1")
              ? new HttpConnectionFactory(http)
              : new Http2(http, streams, protocols[i]);
    }
    if (tls == null) {
      connector = new ServerConnector(server, 1, 1, factories);
    } else {
      SslContextFactory.Server certificate = new SslContextFactory.Server();
      certificate.setKeyStorePath(tls.keyStore().toUri().toString());
      certificate.setKeyStorePassword(tls.password());
      ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory(protocols);
      alpn.setDefaultProtocol(protocols[protocols.length - 1]);
      connector = new ServerConnector(server, 1, 1, factories);
      connector.addFirstConnectionFactory(alpn);
      connector.addFirstConnectionFactory(
          new SslConnectionFactory(certificate, alpn.getProtocol()));
      connector.setDefaultProtocol("SSL");
    }
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new Script());
    server.start();
  }

  int port() {
    return connector.getLocalPort();
  }

  String url(String scheme, String path) {
    return scheme + "://127.0.0.1:" + port() + path;
  }

  /** Announces a new MAX_CONCURRENT_STREAMS on every HTTP/2 connection. */
  void announceStreams(int streams) {
    for (Session session : sessions) {
      session.settings(
          new SettingsFrame(Map.of(SettingsFrame.MAX_CONCURRENT_STREAMS, streams), false),
          Callback.NOOP);
    }
  }

  @Override
  public void close() throws Exception {
    server.setStopTimeout(0);
    server.stop();
  }

  private final class Script extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      begun.incrementAndGet();
      beforeBodies.await();
      ByteBuffer body = Content.Source.asByteBuffer(request);
      byte[] bytes = new byte[body.remaining()];
      body.get(bytes);
      seen.add(
          new Seen(
              request.getMethod(),
              request.getHttpURI().getPathQuery(),
              request.getConnectionMetaData().getHttpVersion().asString(),
              HttpFields.build(request.getHeaders()).asImmutable(),
              bytes));
      answer.give(request, response, callback);
      return true;
    }
  }

  private final class Http2 extends HTTP2CServerConnectionFactory {
    Http2(HttpConfiguration http, int streams, String protocol) {
      super(http, protocol);
      setMaxConcurrentStreams(streams);
    }

    @Override
    public boolean isAcceptable(String protocol, String tlsProtocol, String tlsCipher) {
      return true;
    }

    @Override
    protected ServerSessionListener newSessionListener(Connector from, EndPoint endPoint) {
      return new HTTPServerSessionListener(endPoint) {
        @Override
        public void onAccept(Session session) {
          sessions.add(session);
        }

        @Override
        public Stream.@Nullable Listener onNewStream(Stream stream, HeadersFrame frame) {
          arrived.add(frame.getMetaData().getHttpFields());
          ErrorCode code = resetWith;
          if (code == null) {
            return super.onNewStream(stream, frame);
          }
          stream.reset(new ResetFrame(stream.getId(), code.code), Callback.NOOP);
          return null;
        }
      };
    }
  }
}
