package dev.stretto.transport.http.hosts;

import java.io.IOException;
import java.io.Serial;

/** A message names a host that is not called; the text is one line and says why. */
public final class ForbiddenHostException extends IOException {

  @Serial private static final long serialVersionUID = 1;

  ForbiddenHostException(String problem) {
    super(problem);
  }
}
