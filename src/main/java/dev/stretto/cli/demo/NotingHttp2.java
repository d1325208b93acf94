package dev.stretto.cli.demo;

import java.util.function.BiConsumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;

/**
 * HTTP/2 that notes a request as its headers are read: on the connection's own thread, so in the
 * order in which the connection brought them.
 */
public final class NotingHttp2 extends HTTP2CServerConnectionFactory {

  private static final int SESSION_WINDOW = 16 * 1024 * 1024;

  private final BiConsumer<String, HttpFields> note;

  /**
   * @param protocol {@code h2c} in cleartext, {@code h2} behind TLS
   * @param note takes the method and the headers of each request
   */
  public NotingHttp2(
      HttpConfiguration http,
      String protocol,
      int maxStreams,
      BiConsumer<String, HttpFields> note) {
    super(http, protocol);
    this.note = note;
    setMaxConcurrentStreams(maxStreams);
    setRateControlFactory(new RateControl.Factory() {});
    setInitialSessionRecvWindow(SESSION_WINDOW);
  }

  @Override
  public boolean isAcceptable(String protocol, String tlsProtocol, String tlsCipher) {
    return true;
  }

  @Override
  protected ServerSessionListener newSessionListener(Connector connector, EndPoint endPoint) {
    return new HTTPServerSessionListener(endPoint) {
      @Override
      public Stream.Listener onNewStream(Stream stream, HeadersFrame frame) {
        if (frame.getMetaData() instanceof MetaData.Request request) {
          note.accept(request.getMethod(), request.getHttpFields());
        }
        return super.onNewStream(stream, frame);
      }
    };
  }
}
