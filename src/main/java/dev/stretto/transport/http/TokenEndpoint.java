package dev.stretto.transport.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.http.answer.HttpAnswers;
import dev.stretto.transport.http.answer.KeptBody;
import dev.stretto.transport.http.credentials.AccessTokens;
import dev.stretto.transport.http.credentials.OAuth2Settings;
import dev.stretto.transport.http.credentials.TokenReply;
import dev.stretto.transport.http.credentials.TokenUse;
import dev.stretto.transport.http.json.JsonText;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.eclipse.jetty.client.BufferingResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;

/**
 * Where a channel's tokens come from. It is asked by the channel's own client, so in the same way
 * as the destination: through its proxy, with its certificates and timeouts.
 */
final class TokenEndpoint {

  private static final String PROPERTY = "http.oauth2.token-url";
  private static final int LONGEST_ANSWER = 64 * 1024;
  private static final Pattern TOKEN = Pattern.compile("[!-~]+");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,12}(\\.\\d{1,9})?");

  private final AccessTokens tokens = new AccessTokens(System::nanoTime);
  private final HttpAddress address;
  private final OAuth2Settings settings;
  private final Duration timeout;
  private final HttpFaults faults;
  private final HttpAnswers answers;

  /**
   * @throws dev.stretto.transport.InvalidSettingException where there is no address that can be one
   */
  TokenEndpoint(HttpSettings http, OAuth2Settings settings, Clock clock) {
    String url = settings.tokenUrl();
    this.address = HttpAddress.of(PROPERTY, url == null ? "" : url, true);
    this.settings = settings;
    this.timeout = http.timeout();
    this.faults = HttpFaults.of(PROPERTY, address.authority(), timeout);
    this.answers = new HttpAnswers(List.of(), List.of(settings.secrets()), false, clock);
  }

  /** What must not be shown; changes as tokens do. */
  Collection<String> values() {
    return tokens.values();
  }

  /** The token for a call, or null where there is none now. */
  @Nullable TokenUse use(Call call, HttpConnections connections) {
    return tokens.use(call.message().position(), told -> ask(connections, told));
  }

  /** Has a token got, and then tells the outcome of the call that wants it. */
  void await(HttpConnections connections, Consumer<Outcome> over) {
    tokens.await(told -> ask(connections, told), over);
  }

  /**
   * On a connection of its own, which is not kept: the next token is wanted in minutes or hours.
   */
  private void ask(HttpConnections connections, Consumer<TokenReply> told) {
    Asked asked = new Asked(told);
    try {
      connections
          .client()
          .newRequest(address.withKnownHost())
          .host(address.host())
          .method(HttpMethod.POST)
          .version(HttpVersion.HTTP_1_1)
          .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
          .headers(headers -> {
            headers.put(HttpHeader.ACCEPT, "application/json");
            headers.put(HttpHeader.CONNECTION, "close");
            String authorization = settings.authorization();
            if (authorization != null) {
              headers.put(HttpHeader.AUTHORIZATION, authorization);
            }
          })
          .body(new StringRequestContent("application/x-www-form-urlencoded", settings.form()))
          .onRequestBegin(asked)
          .send(asked);
    } catch (Exception e) {
      told.accept(without(faults.notSent(e)));
    }
  }

  /** One request for a token. */
  private final class Asked extends BufferingResponseListener implements Request.BeginListener {

    private final Consumer<TokenReply> told;
    private volatile boolean begun;

    Asked(Consumer<TokenReply> told) {
      super(LONGEST_ANSWER);
      this.told = told;
    }

    @Override
    public void onBegin(Request sending) {
      begun = true;
    }

    @Override
    public void onComplete(Result result) {
      Response response = result.getResponse();
      Throwable failure = result.getFailure();
      if (failure == null) {
        told.accept(reply(response, getContent()));
      } else {
        told.accept(without(begun ? faults.unanswered(failure) : faults.notSent(failure)));
      }
    }
  }

  private TokenReply reply(Response response, byte @Nullable [] content) {
    byte[] body = content == null ? new byte[0] : content;
    KeptBody kept = answers.body(response.getStatus(), response.getHeaders());
    kept.add(ByteBuffer.wrap(body));
    kept.end();
    Outcome outcome = answers.of(response.getStatus(), response.getHeaders(), kept);
    return outcome instanceof Delivered ? granted(new String(body, UTF_8)) : without(outcome);
  }

  private TokenReply granted(String body) {
    JsonText json = new JsonText(body, true);
    String token = value(json, "/access_token");
    String type = value(json, "/token_type");
    if (token == null || !TOKEN.matcher(token).matches()) {
      return without(new Rejected(Refused.CREDENTIALS, "the answer has no access_token"));
    }
    if (type != null && !type.equalsIgnoreCase("Bearer")) {
      return without(new Rejected(Refused.CREDENTIALS, "its token is none for Bearer"));
    }
    String seconds = value(json, "/expires_in");
    return new TokenReply.Granted(token, seconds == null ? null : lifetime(seconds));
  }

  /** What is no time, or none from now on, is taken for a token whose end is not told. */
  private static @Nullable Duration lifetime(String seconds) {
    if (!SECONDS.matcher(seconds).matches()) {
      return null;
    }
    Duration lifetime = Duration.ofMillis(new BigDecimal(seconds).movePointRight(3).longValue());
    return lifetime.isPositive() ? lifetime : null;
  }

  private static @Nullable String value(JsonText json, String place) {
    try {
      JsonText.Value value = json.at(JsonPointer.compile(place));
      return value == null || value.source().equals("null") ? null : value.characters();
    } catch (JsonText.UnreadableException e) {
      return null;
    }
  }

  /** It is not the destination's answer, so nothing is charged to a message. */
  private TokenReply without(Outcome outcome) {
    String from = "no token from " + address.authority() + ": ";
    return new TokenReply.NotGranted(
        switch (outcome) {
          case Delivered delivered -> delivered;
          case RetryLater(_, String reason, Duration retryAfter) ->
              new RetryLater(Fault.UNAVAILABLE, from + reason, retryAfter);
          case Outcome.Apart apart -> apart;
          case Rejected(_, String reason) -> new Rejected(Refused.CREDENTIALS, from + reason);
        });
  }
}
