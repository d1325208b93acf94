package dev.stretto.transport.http;

import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import org.eclipse.jetty.client.Request;

/**
 * The way to one HTTP destination. Requests of one HTTP/2 connection arrive in start order, because
 * Jetty writes a request on the thread that starts it, or else in the order of its queue, and the
 * next is not started before this one was written.
 */
final class HttpTransport implements Transport {

  private final HttpConnections connections;
  private final HttpRequests requests;
  private final HttpFaults faults;

  HttpTransport(HttpConnections connections, HttpRequests requests, HttpFaults faults) {
    this.connections = connections;
    this.requests = requests;
    this.faults = faults;
  }

  @Override
  public int capacity() {
    return connections.capacity();
  }

  @Override
  public void start(Call call, Progress progress) {
    String problem = requests.problem(call.message());
    if (problem != null) {
      progress.finished(new Outcome.Rejected(Outcome.Refused.UNSENDABLE, problem));
      return;
    }
    HttpCall exchange = new HttpCall(progress, faults);
    try {
      Request request = requests.of(connections.client(), call);
      exchange.send(request);
    } catch (Exception e) {
      exchange.failed(e);
    }
  }

  @Override
  public void close() {
    connections.close();
  }
}
