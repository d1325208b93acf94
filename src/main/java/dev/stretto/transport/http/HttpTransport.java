package dev.stretto.transport.http;

import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import dev.stretto.transport.http.answer.HttpAnswers;
import dev.stretto.transport.http.credentials.TokenUse;
import org.eclipse.jetty.client.Request;
import org.jspecify.annotations.Nullable;

/**
 * The way to one HTTP destination. Requests of one HTTP/2 connection arrive in start order, because
 * Jetty writes a request on the thread that starts it, or else in the order of its queue, and the
 * next is not started before this one was written. From one connection to the next the order holds
 * because nothing is sent on the next before everything on the one before has arrived, or is over.
 */
final class HttpTransport implements Transport {

  private final HttpConnections connections;
  private final HttpRequests requests;
  private final HttpAnswers answers;
  private final HttpFaults faults;
  private final CallsUnderWay calls;
  private final @Nullable TokenEndpoint tokens;

  /**
   * @param tokens where the token comes from that every call carries; null where none does
   */
  HttpTransport(
      HttpConnections connections,
      HttpRequests requests,
      HttpAnswers answers,
      HttpFaults faults,
      CallsUnderWay calls,
      @Nullable TokenEndpoint tokens) {
    this.connections = connections;
    this.requests = requests;
    this.answers = answers;
    this.faults = faults;
    this.calls = calls;
    this.tokens = tokens;
  }

  /**
   * The most calls that may be under way without one waiting inside Jetty, or overtaking one on a
   * connection that was lost. With no connection one call makes it.
   */
  @Override
  public int capacity() {
    return connections.capacity();
  }

  /** How many calls are under way. */
  int underWay() {
    return calls.count();
  }

  /** How many connections there are. */
  int openConnections() {
    return connections.open();
  }

  /** Whether there is an HTTP/2 connection that takes requests. */
  boolean connected() {
    HttpLink link = connections.link();
    return link != null && link.getMaxMultiplex() != 0;
  }

  /** Has the next call make a new connection. */
  void dropConnection() {
    HttpLink link = connections.link();
    if (link != null) {
      link.close();
    }
  }

  @Override
  public void start(Call call, Progress progress) {
    HttpRequests.Draft draft = requests.draft(call.message());
    if (draft.problem() != null) {
      progress.finished(new Outcome.Rejected(Outcome.Refused.UNSENDABLE, draft.problem()));
      return;
    }
    TokenUse token = null;
    if (tokens != null) {
      token = tokens.use(call, connections);
      if (token == null) {
        // INVARIANT: nothing starts meanwhile, for this call has not left; it goes out again at its
        // place, if by then the lease is live and nobody has asked for a stop.
        tokens.await(connections, progress::finished);
        return;
      }
    }
    HttpLink link = connections.link();
    boolean lost = link == null && connections.spokeHttp2() && calls.mayBeOvertaken();
    if (lost || calls.overtakes(call)) {
      // The connection ended since this call was chosen.
      calls.untaken(call);
      progress.finished(faults.untaken());
      if (token != null) {
        token.over();
      }
      return;
    }
    send(call, draft, token, progress, link);
  }

  /** Starts a call that may overtake the others, or be overtaken; its draft has no problem. */
  void startApart(Call call, HttpRequests.Draft draft, Progress progress) {
    send(call, draft, null, progress, null);
  }

  private void send(
      Call call,
      HttpRequests.Draft draft,
      @Nullable TokenUse token,
      Progress progress,
      @Nullable HttpLink on) {
    HttpCall exchange = new HttpCall(call, progress, answers, faults, calls, token);
    try {
      Request request = requests.of(connections.client(), call, draft, token).tag(connections);
      exchange.send(request, on);
    } catch (Exception e) {
      exchange.failed(e);
    }
  }

  @Override
  public void close() {
    calls.close();
    connections.close();
  }
}
