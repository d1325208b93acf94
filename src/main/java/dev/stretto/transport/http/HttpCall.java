package dev.stretto.transport.http;

import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport.Progress;
import dev.stretto.transport.http.answer.HttpAnswers;
import dev.stretto.transport.http.answer.KeptBody;
import dev.stretto.transport.http.credentials.TokenUse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** One request under way; tells its progress, each step once. */
final class HttpCall
    implements Request.BeginListener,
        Request.SuccessListener,
        Response.HeadersListener,
        Response.ContentListener,
        Response.CompleteListener {

  private static final String ATTRIBUTE = HttpCall.class.getName();

  private final Call call;
  private final Progress progress;
  private final HttpAnswers answers;
  private final HttpFaults faults;
  private final CallsUnderWay calls;
  private final @Nullable TokenUse token;

  private @Nullable Request request;

  /** Guarded by this, and so is telling the progress: nothing is told twice or after the end. */
  private boolean over;

  private long due;

  /** Whether bytes of the request may have been written. */
  private volatile boolean begun;

  /** The HTTP/2 connection that it was given to, or null. */
  private volatile @Nullable HttpLink link;

  /** Its HTTP/2 stream, or 0 while it has none. */
  private volatile int stream;

  /** The final answer's status, or 0 while there is none. */
  private volatile int status;

  private volatile HttpFields headers = HttpFields.EMPTY;
  private volatile @Nullable KeptBody body;

  /**
   * @param token what the request carries, or null
   */
  HttpCall(
      Call call,
      Progress progress,
      HttpAnswers answers,
      HttpFaults faults,
      CallsUnderWay calls,
      @Nullable TokenUse token) {
    this.call = call;
    this.progress = progress;
    this.answers = answers;
    this.faults = faults;
    this.calls = calls;
    this.token = token;
  }

  /** The call whose request this is; null for requests of the client's own. */
  static @Nullable HttpCall of(Request request) {
    return request.getAttributes().get(ATTRIBUTE) instanceof HttpCall call ? call : null;
  }

  /**
   * Sends the request; being the listener of its completion, this is asked about the whole answer.
   *
   * @param on the connection that must take it, or null for any
   */
  void send(Request sending, @Nullable HttpLink on) {
    request = sending;
    calls.add(this);
    sending.attribute(ATTRIBUTE, this).onRequestBegin(this).onRequestSuccess(this);
    if (on == null) {
      sending.send(this);
    } else {
      on.send(sending, this);
    }
    if (overlooked()) {
      abort(new ClosedChannelException());
    }
  }

  void on(HttpLink connection) {
    link = connection;
  }

  void opened(int id) {
    stream = id;
    endIfUntaken();
  }

  /**
   * Ends the call where the destination will not take it. It must not wait for the client below,
   * which overlooks streams that are opened in the moment in which the connection ends.
   */
  void endIfUntaken() {
    if (overlooked()) {
      failed(new ClosedChannelException());
    }
  }

  private boolean overlooked() {
    HttpLink on = link;
    return on != null && stream > 0 && on.untaken(stream);
  }

  void due(long nanos) {
    due = nanos;
  }

  long dueIn(long now) {
    return due - now;
  }

  /** Whether the request is known to have arrived, although its answer has not. */
  boolean arrived() {
    HttpLink on = link;
    return on != null && on.arrived(stream);
  }

  @Override
  public void onBegin(Request sending) {
    begun = true;
  }

  @Override
  public synchronized void onSuccess(Request sent) {
    if (!over) {
      progress.handedOver();
    }
  }

  /** Interim answers don't come here. */
  @Override
  public void onHeaders(Response response) {
    headers = response.getHeaders();
    body = answers.body(response.getStatus(), headers);
    status = response.getStatus();
    if (!HttpAnswers.isFinal(status)) {
      answered();
      abort(new IOException("HTTP " + status));
    }
  }

  /** Whatever is not kept of it is read and dropped. */
  @Override
  public void onContent(Response response, ByteBuffer content) {
    KeptBody keeping = body;
    if (keeping != null) {
      keeping.add(content);
    }
  }

  /**
   * Once there was an answer it counts, even if its body or the rest of the request failed later.
   */
  @Override
  public void onComplete(Result result) {
    Throwable failure = result.getFailure();
    if (failure != null && status == 0) {
      failed(failure);
    } else {
      KeptBody kept = body;
      if (kept != null && result.getResponseFailure() == null) {
        kept.end();
      }
      answered();
    }
  }

  /** Ends the call, whose time is over, and then the request, in whatever state it is. */
  void expire() {
    TimeoutException late = new TimeoutException();
    if (status == 0) {
      failed(late);
    } else {
      answered();
    }
    abort(late);
  }

  private void abort(Exception cause) {
    Request sent = request;
    if (sent != null) {
      var _ = sent.abort(cause);
    }
  }

  /** The call ended without an answer. */
  void failed(Throwable failure) {
    HttpLink on = link;
    if (on != null && (on.untaken(stream) || HttpFaults.refused(failure))) {
      finish(faults.untaken(on));
    } else {
      finish(begun ? faults.unanswered(failure) : faults.notSent(failure));
    }
  }

  private synchronized void answered() {
    KeptBody kept = body;
    if (kept != null && !over) {
      finish(sentAgainWithANewToken() ? faults.unauthorized() : answers.of(status, headers, kept));
    }
  }

  private boolean sentAgainWithANewToken() {
    if (token == null) {
      return false;
    }
    if (status == HttpStatus.UNAUTHORIZED_401) {
      return token.refused();
    }
    token.taken();
    return false;
  }

  private synchronized void finish(Outcome outcome) {
    if (!over) {
      over = true;
      // Before anyone asks for the capacity, or starts another call, because of this.
      if (outcome instanceof RetryLater(Fault fault, _, _)
          && (fault == Fault.UNTAKEN || fault == Fault.UNREADY)) {
        calls.untaken(call);
      }
      calls.remove(this);
      progress.finished(outcome);
      if (token != null) {
        token.over();
      }
    }
  }
}
