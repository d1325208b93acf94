package dev.stretto.transport.http;

import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.transport.HttpChannel;
import org.eclipse.jetty.client.transport.HttpExchange;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.PushPromiseFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;

/**
 * Listens to one request's stream and keeps its reset from the next request.
 *
 * <p>A destination that answers without reading the request to its end resets the stream behind the
 * answer (RFC 9113, 8.1). Jetty's channel, which goes to the next request once the answer is told,
 * takes a reset that is read at that moment for the next request's.
 */
record RequestStream(HttpChannel channel, HttpExchange exchange, Stream.Listener listener)
    implements Stream.Listener {

  @Override
  public void onReset(Stream stream, ResetFrame frame, Callback callback) {
    if (((HTTP2Stream) stream).isLastDataReceived()) {
      String code = ErrorCode.toString(frame.getError(), "error " + frame.getError());
      callback.completeWith(exchange.getRequest().fail(new IOException(code)));
    } else if (channel.getHttpExchange() == exchange) {
      listener.onReset(stream, frame, callback);
    } else {
      callback.succeeded();
    }
  }

  @Override
  public void onNewStream(Stream stream) {
    listener.onNewStream(stream);
  }

  @Override
  public void onHeaders(Stream stream, HeadersFrame frame, Callback callback) {
    listener.onHeaders(stream, frame, callback);
  }

  @Override
  public Stream.Listener onPush(Stream stream, PushPromiseFrame frame) {
    return listener.onPush(stream, frame);
  }

  @Override
  public void onDataAvailable(Stream stream, boolean immediate) {
    listener.onDataAvailable(stream, immediate);
  }

  @Override
  public void onIdleTimeout(Stream stream, TimeoutException late, Promise<Boolean> promise) {
    listener.onIdleTimeout(stream, late, promise);
  }

  @Override
  public void onFailure(
      Stream stream, int error, String reason, Throwable failure, Callback callback) {
    listener.onFailure(stream, error, reason, failure, callback);
  }

  @Override
  public void onClosed(Stream stream) {
    listener.onClosed(stream);
  }
}
