package dev.stretto.transport.http;

import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport.Progress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** One request under way; tells its progress, each step once. */
final class HttpCall
    implements Request.BeginListener,
        Request.SuccessListener,
        Response.HeadersListener,
        Response.ContentListener,
        Response.CompleteListener {

  private static final int STARTED = 0;
  private static final int HANDED_OVER = 1;
  private static final int FINISHED = 2;

  private final Progress progress;
  private final HttpFaults faults;
  private final AtomicInteger step = new AtomicInteger(STARTED);

  /** Whether bytes of the request may have been written. */
  private volatile boolean begun;

  /** The final answer's status, or 0 while there is none. */
  private volatile int status;

  private volatile byte[] excerpt = {};

  HttpCall(Progress progress, HttpFaults faults) {
    this.progress = progress;
    this.faults = faults;
  }

  /**
   * Sends the request; being the listener of its completion, this is asked about the whole answer.
   */
  void send(Request request) {
    request.onRequestBegin(this).onRequestSuccess(this).send(this);
  }

  @Override
  public void onBegin(Request request) {
    begun = true;
  }

  @Override
  public void onSuccess(Request request) {
    if (step.compareAndSet(STARTED, HANDED_OVER)) {
      progress.handedOver();
    }
  }

  @Override
  public void onHeaders(Response response) {
    if (response.getStatus() >= 200) {
      status = response.getStatus();
    }
  }

  /** Keeps the beginning of an error's body; whatever else comes is read and dropped. */
  @Override
  public void onContent(Response response, ByteBuffer content) {
    int kept = excerpt.length;
    int more = Math.min(content.remaining(), HttpFaults.EXCERPT - kept);
    if (more > 0 && response.getStatus() >= 300) {
      byte[] longer = Arrays.copyOf(excerpt, kept + more);
      content.get(longer, kept, more);
      excerpt = longer;
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
      @Nullable String retryAfter = result.getResponse().getHeaders().get(HttpHeader.RETRY_AFTER);
      finish(faults.answered(status, retryAfter, excerpt));
    }
  }

  /** The call ended without an answer. */
  void failed(Throwable failure) {
    finish(begun ? faults.unanswered(failure) : faults.notSent(failure));
  }

  private void finish(Outcome outcome) {
    if (step.getAndSet(FINISHED) != FINISHED) {
      progress.finished(outcome);
    }
  }
}
