package dev.stretto.transport.http.answer;

import org.eclipse.jetty.client.ProcessingProtocolHandler;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpStatus;

/** Passes over any interim answer, known or not, so that the call waits for the final one. */
public final class InterimAnswers extends ProcessingProtocolHandler {

  @Override
  public boolean accept(Request request, Response response) {
    return HttpStatus.isInterim(response.getStatus());
  }
}
