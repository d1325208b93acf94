package dev.stretto.transport.http.credentials;

import dev.stretto.transport.Outcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a token endpoint answered. */
public sealed interface TokenReply {

  /**
   * A token.
   *
   * @param lifetime from when it was asked for, more than 0; null where it is not told
   */
  record Granted(String value, @Nullable Duration lifetime) implements TokenReply {

    /** Without the token. */
    @Override
    public String toString() {
      return "Granted[lifetime=" + lifetime + "]";
    }
  }

  /**
   * No token.
   *
   * @param why the outcome of a call that needs one
   */
  record NotGranted(Outcome why) implements TokenReply {}
}
