package dev.stretto.transport.http;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.HTTP2ClientConnectionFactory;
import org.eclipse.jetty.http2.client.transport.ClientConnectionFactoryOverHTTP2;
import org.eclipse.jetty.http2.client.transport.internal.HTTPSessionListenerPromise;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.io.ClientConnectionFactory;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Makes every HTTP/2 connection an {@link HttpLink}. */
final class HttpLinkFactory extends ClientConnectionFactoryOverHTTP2 {

  private final HTTP2Client client;
  private final ClientConnectionFactory factory = new HTTP2ClientConnectionFactory();

  private HttpLinkFactory(HTTP2Client client) {
    super(client);
    this.client = client;
  }

  /** HTTP/2 as a protocol that a client can speak, over TLS and in cleartext. */
  static ClientConnectionFactory.Info protocol(HTTP2Client client) {
    return new Protocol(new HttpLinkFactory(client));
  }

  @Override
  public org.eclipse.jetty.io.Connection newConnection(
      EndPoint endPoint, Map<String, Object> context) throws IOException {
    Listener listener = new Listener(context);
    context.put(HTTP2Client.CONTEXT_KEY, client);
    context.put(HTTP2Client.SESSION_LISTENER_CONTEXT_KEY, listener);
    context.put(HTTP2Client.SESSION_PROMISE_CONTEXT_KEY, listener);
    return factory.newConnection(endPoint, context);
  }

  private static final class Protocol extends ClientConnectionFactory.Info {

    Protocol(HttpLinkFactory factory) {
      super(factory);
    }

    @Override
    public List<String> getProtocols(boolean secure) {
      return secure ? List.of("h2", "h2c") : List.of("h2c");
    }
  }

  /** What one connection's session tells. */
  private static final class Listener extends HTTPSessionListenerPromise {

    private volatile @Nullable HttpLink link;

    Listener(Map<String, Object> context) {
      super(context);
    }

    @Override
    protected Connection newConnection(
        Destination destination, Session session, HTTP2Connection connection) {
      HttpClient client = destination.getHttpClient();
      HttpLinkTasks tasks =
          new HttpLinkTasks(connection, client.getByteBufferPool(), client.getExecutor());
      HttpLink made = new HttpLink(destination, session, tasks);
      link = made;
      return made;
    }

    @Override
    public void onGoAway(Session session, GoAwayFrame frame) {
      HttpLink made = link;
      if (made != null) {
        made.leaving(frame);
      }
      super.onGoAway(session, frame);
      if (made != null) {
        made.connections().leaving();
      }
    }

    /**
     * Takes the connection out of use and leaves its calls to their streams, which the session ends
     * now, each behind the answer that it may have received. As inherited, this would end them at
     * once, and answers that were read but not looked at yet would be lost.
     */
    @Override
    public void onFailure(Session session, Throwable failure, Callback callback) {
      HttpLink made = link;
      if (made == null) {
        super.onFailure(session, failure, callback);
      } else {
        made.upwardClose();
        callback.succeeded();
      }
    }
  }
}
