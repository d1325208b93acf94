package dev.stretto.transport.http.credentials;

import dev.stretto.message.Message;
import dev.stretto.transport.InvalidSettingException;
import java.time.Clock;
import java.util.Locale;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** The headers that tell a destination who is asking, each set by one setting and by no message. */
public final class Credentials {

  private final String channel;
  private final Clock clock;
  private final @Nullable HttpField basic;
  private final boolean tokens;
  private final @Nullable WebhookSignature signature;
  private final boolean trace;

  /**
   * What {@code http} says of the sender.
   *
   * @param trace whether requests carry a trace's id
   */
  public record Settings(
      @Nullable BasicSettings basic,
      @Nullable OAuth2Settings oauth2,
      @Nullable SignatureSettings signature,
      boolean trace) {}

  /**
   * Checks the settings.
   *
   * @param clock what signatures are dated by
   * @throws InvalidSettingException naming what can't be meant
   */
  public Credentials(String channel, Settings settings, Clock clock) {
    if (settings.basic() != null && settings.oauth2() != null) {
      throw new InvalidSettingException(
          "http.basic", "can't be used with http.oauth2: there is one Authorization header");
    }
    this.channel = channel;
    this.clock = clock;
    this.basic =
        settings.basic() == null
            ? null
            : new HttpField(HttpHeader.AUTHORIZATION, settings.basic().authorization());
    this.tokens = settings.oauth2() != null;
    if (settings.oauth2() != null) {
      settings.oauth2().check();
    }
    this.signature =
        settings.signature() == null ? null : new WebhookSignature(settings.signature());
    this.trace = settings.trace();
  }

  /** The setting that has the header, so that no other may set it; null where none does. */
  public @Nullable String owner(String header) {
    String name = header.toLowerCase(Locale.ROOT);
    if (name.equals("authorization") && (basic != null || tokens)) {
      return tokens ? "http.oauth2" : "http.basic";
    }
    return signature != null && WebhookSignature.HEADERS.contains(name)
        ? WebhookSignature.PROPERTY
        : null;
  }

  /** The same for a header of the configuration, where no message can have set a trace. */
  public @Nullable String ownerInSettings(String header) {
    return trace && header.equalsIgnoreCase(TraceParent.HEADER)
        ? TraceParent.PROPERTY
        : owner(header);
  }

  /** Why the message can't be sent under these, or null where it can; one line. */
  public @Nullable String problem(Message message) {
    for (String header : message.headers().keySet()) {
      String owner = owner(header);
      if (owner != null) {
        return "header '" + header + "' is set by " + owner + "; leave it out";
      }
    }
    return signature == null ? null : WebhookSignature.problem(message.messageId());
  }

  /**
   * Adds an attempt's headers to those of its message.
   *
   * @param body as it is sent
   * @param token null where none is asked for
   */
  public void add(
      HttpFields.Mutable headers, Message message, byte[] body, @Nullable TokenUse token) {
    if (basic != null) {
      headers.put(basic);
    }
    if (token != null) {
      headers.put(HttpHeader.AUTHORIZATION, "Bearer " + token.value());
    }
    if (signature != null) {
      signature.sign(headers, message.messageId(), clock.instant(), body);
    }
    if (trace) {
      TraceParent.complete(headers, channel, message.messageId());
    }
  }
}
