package dev.stretto.transport.http.credentials;

/** The token that one call carries. */
public final class TokenUse {

  private final AccessTokens tokens;
  private final AccessTokens.Token token;
  private final long position;

  TokenUse(AccessTokens tokens, AccessTokens.Token token, long position) {
    this.tokens = tokens;
    this.token = token;
    this.position = position;
  }

  String value() {
    return token.value();
  }

  /**
   * The destination answered 401.
   *
   * @return whether the call is to be sent again with a new token; else it is refused as any other
   */
  public boolean refused() {
    return tokens.refused(token, position);
  }

  /** The destination answered otherwise. */
  public void taken() {
    tokens.taken(token, position);
  }

  /** The call is over and has told its outcome, or did not start; to be told once. */
  public void over() {
    tokens.over(token);
  }
}
