package dev.stretto.transport.http;

import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.transport.HttpExchange;
import org.eclipse.jetty.client.transport.SendFailure;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.transport.internal.HttpChannelOverHTTP2;
import org.eclipse.jetty.http2.client.transport.internal.HttpConnectionOverHTTP2;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection, which tells its calls their streams and knows how it ends.
 *
 * <p>It is open; or leaving, after a GOAWAY: streams up to its last one have arrived and are
 * answered, those beyond it were not taken (RFC 9113, 6.8), and which is which is known only once a
 * GOAWAY names a stream, not from the first of two, which names the highest there can be; or lost,
 * when nothing is known of those without an answer.
 */
final class HttpLink extends HttpConnectionOverHTTP2 {

  private final HttpConnections connections;
  private volatile @Nullable GoAwayFrame goAway;

  HttpLink(Destination destination, Session session, HTTP2Connection connection) {
    super(destination, session, connection);
    this.connections = HttpConnections.of(destination);
  }

  /** Those of the channel whose connection it is. */
  HttpConnections connections() {
    return connections;
  }

  /** The destination ends the connection. A later frame may only lower the last stream. */
  void leaving(GoAwayFrame frame) {
    goAway = frame;
  }

  /** Whether no new request may be sent on it. */
  boolean ended() {
    return goAway != null || isClosed();
  }

  /** Whether the destination itself said that this stream's request has arrived. */
  boolean arrived(int stream) {
    GoAwayFrame last = goAway;
    return last != null && !last.isGraceful() && stream > 0 && stream <= last.getLastStreamId();
  }

  /** Whether the destination did nothing with the request: it has no stream, or one too late. */
  boolean untaken(int stream) {
    GoAwayFrame last = goAway;
    return stream == 0 || (last != null && stream > last.getLastStreamId());
  }

  /** What the destination ended the connection for, or null where it did so in good order. */
  @Nullable String error() {
    GoAwayFrame last = goAway;
    return last == null || last.getError() == ErrorCode.NO_ERROR.code
        ? null
        : ErrorCode.toString(last.getError(), "error " + last.getError());
  }

  @Override
  public SendFailure send(HttpExchange exchange) {
    HttpCall call = HttpCall.of(exchange.getRequest());
    if (call != null) {
      call.on(this);
    }
    return super.send(exchange);
  }

  /**
   * The client closes a connection that its pool won't have back, also where the destination ended
   * it: that takes it out of use, and its calls are still answered. Only when the channel itself
   * ends do they end with it.
   */
  @Override
  public void close() {
    if (!connections.closed()) {
      upwardClose();
      getSession().close(ErrorCode.NO_ERROR.code, "close", Callback.NOOP);
    } else {
      super.close();
    }
  }

  @Override
  protected HttpChannelOverHTTP2 newHttpChannel() {
    return new Channel(this, getSession());
  }

  /** Carries one request after the other. */
  private static final class Channel extends HttpChannelOverHTTP2 {

    Channel(HttpLink link, Session session) {
      super(link, session);
    }

    /** Called by whoever starts the call, before anything of it is written. */
    @Override
    public void setStream(@Nullable Stream stream) {
      super.setStream(stream);
      HttpExchange exchange = stream == null ? null : getHttpExchange();
      HttpCall call = exchange == null ? null : HttpCall.of(exchange.getRequest());
      if (stream != null && call != null) {
        call.opened(stream.getId());
      }
    }

    /** What listens to the stream of the request that is sent now. */
    @Override
    public Stream.Listener getStreamListener() {
      HttpExchange exchange = getHttpExchange();
      Stream.Listener listener = super.getStreamListener();
      return exchange == null ? listener : new RequestStream(this, exchange, listener);
    }
  }
}
