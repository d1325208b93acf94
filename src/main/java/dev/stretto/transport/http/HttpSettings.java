package dev.stretto.transport.http;

import static java.util.Objects.requireNonNullElse;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.http.answer.AnswerRule;
import dev.stretto.transport.http.credentials.BasicSettings;
import dev.stretto.transport.http.credentials.Credentials;
import dev.stretto.transport.http.credentials.OAuth2Settings;
import dev.stretto.transport.http.credentials.SignatureSettings;
import dev.stretto.transport.http.hosts.AllowedHosts;
import dev.stretto.transport.http.request.RequestSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code stretto.channels.<channel>.http} says.
 *
 * @param url where requests go; required, {@code http:} or {@code https:}, or a template
 * @param method the request method
 * @param version {@code auto} takes HTTP/2 where TLS negotiates it and HTTP/1.1 otherwise; {@code
 *     2} on an {@code http:} url is cleartext HTTP/2 with prior knowledge
 * @param timeout the most a whole call may take, connecting included; more than 0
 * @param connectTimeout the most one TCP connection may take to be made; more than 0
 * @param connections the most connections, 1 or more; null for as many as the window with HTTP/1.1
 *     and for one with HTTP/2, where more need version 2 and key order
 * @param headers sent with every request; those of a message replace them
 * @param proxy the {@code http:} url of a proxy, or null to go directly
 * @param sslBundle the name of the TLS bundle that says what is trusted, instead of the JDK's
 *     certificates, and what a client certificate is; or null
 * @param trustStore a PEM or PKCS12 file of certificates trusted beside the JDK's own, or null
 * @param trustStorePassword what opens a PKCS12 file, or null
 * @param answer what answers mean, in the order in which the rules are asked; the usual where none
 *     fits
 * @param request what requests look like
 * @param basic a user and a password, or null
 * @param oauth2 where tokens come from, or null
 * @param signature what signs requests, or null
 * @param trace whether requests carry a trace's id
 * @param allow which hosts messages may name, and at which addresses; see {@link AllowedHosts}
 */
record HttpSettings(
    @Nullable String url,
    String method,
    String version,
    Duration timeout,
    Duration connectTimeout,
    @Nullable Integer connections,
    Map<String, String> headers,
    @Nullable String proxy,
    @Nullable String sslBundle,
    @Nullable Path trustStore,
    @Nullable String trustStorePassword,
    List<AnswerRule> answer,
    RequestSettings request,
    @Nullable BasicSettings basic,
    @Nullable OAuth2Settings oauth2,
    @Nullable SignatureSettings signature,
    boolean trace,
    List<String> allow) {

  /** Stands for a value of the message in a template. */
  private static final String TAG = "\\{\\{.*?}}+";

  private static final Pattern WHITESPACE = Pattern.compile("\\s+");
  private static final Pattern BLANKS = between("\\s+");
  private static final Pattern SLASHES = between("/");
  private static final Pattern PARAMETERS = between("[&=]");
  private static final Pattern PARTS = Pattern.compile("[/?&=]");

  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  /**
   * Puts the default where Spring Boot's binder has found nothing and so gives null. Defaults in
   * annotations would cost a thousand channels with urls of their own a second and a half: for each
   * parameter the binder has the JDK parse the annotations of all.
   */
  HttpSettings {
    method = requireNonNullElse(method, "POST");
    version = requireNonNullElse(version, "auto");
    timeout = requireNonNullElse(timeout, Duration.ofSeconds(30));
    connectTimeout = requireNonNullElse(connectTimeout, Duration.ofSeconds(5));
    headers = requireNonNullElse(headers, Map.of());
    answer = requireNonNullElse(answer, List.of());
    request = requireNonNullElse(request, RequestSettings.NONE);
    allow = requireNonNullElse(allow, List.of());
  }

  /** Which HTTP is spoken. */
  enum Version {
    /** What TLS negotiates; 1.1 in cleartext. */
    AUTO,
    /** HTTP/1.1 only. */
    HTTP_1_1,
    /** HTTP/2 only. */
    HTTP_2
  }

  /** The parsed url. Errors don't repeat it: a secret may be part of it. */
  HttpAddress target() {
    if (url == null || url.isBlank()) {
      throw new InvalidSettingException(
          "http.url", "is required; give the address that takes the messages, http: or https:");
    }
    return HttpAddress.of("http.url", url, true);
  }

  /** Whether the url is a template, so that messages name the host; then there is no target. */
  boolean fromMessages() {
    return url != null && url.contains("{{");
  }

  /** Which hosts messages may name; null where they name none. */
  @Nullable AllowedHosts allowed() {
    return fromMessages() ? new AllowedHosts(allow) : null;
  }

  /** Whether the url asks for TLS. */
  boolean secure() {
    return target().secure();
  }

  /** The parsed proxy, or null where there is none. */
  @Nullable HttpAddress proxyAddress() {
    return proxy == null || proxy.isBlank() ? null : HttpAddress.of("http.proxy", proxy, false);
  }

  /** The parsed version. */
  Version protocol() {
    return switch (version.strip().toLowerCase(Locale.ROOT)) {
      case "auto" -> Version.AUTO;
      case "1.1" -> Version.HTTP_1_1;
      case "2" -> Version.HTTP_2;
      case String other ->
          throw new InvalidSettingException(
              "http.version", "'" + other + "' is unknown; use auto, 1.1 or 2");
    };
  }

  /**
   * The words of what is sent beside the message, some of which may be secret.
   *
   * @param target the parsed url; null where messages name the host
   */
  List<String> sentWords(@Nullable HttpAddress target) {
    List<String> words = new ArrayList<>();
    addWords(words, BLANKS, headers.values());
    addWords(words, BLANKS, request.headers().values());
    addWords(words, SLASHES, Arrays.asList(request.path()));
    addWords(words, PARAMETERS, Arrays.asList(request.query()));
    if (target != null) {
      URI uri = target.uri();
      addWords(words, SLASHES, Arrays.asList(uri.getRawPath(), uri.getPath()));
      addWords(words, PARAMETERS, Arrays.asList(uri.getRawQuery(), uri.getQuery()));
    } else if (url != null) {
      String written = url.replaceAll(TAG, "").replaceFirst("^[^/]*//[^/?]*", "");
      addWords(words, PARTS, List.of(written));
    }
    if (basic != null) {
      addWords(words, WHITESPACE, Arrays.asList(basic.authorization(), basic.password()));
    }
    return words;
  }

  private static Pattern between(String what) {
    return Pattern.compile(what + "|" + TAG);
  }

  private static void addWords(
      List<String> words, Pattern between, Collection<? extends @Nullable String> texts) {
    for (String text : texts) {
      if (text != null) {
        Collections.addAll(words, between.split(text));
      }
    }
  }

  /** What says who is asking. */
  Credentials.Settings credentials() {
    return new Credentials.Settings(basic, oauth2, signature, trace);
  }

  /** What is asked of a client; channels that ask for the same can share one. */
  record Client(
      Duration connectTimeout,
      Duration timeout,
      @Nullable HttpAddress proxy,
      @Nullable String sslBundle,
      @Nullable Path trustStore,
      @Nullable String trustStorePassword) {

    /** Without the password. */
    @Override
    public String toString() {
      return "Client[proxy=" + proxy + ", sslBundle=" + sslBundle + "]";
    }
  }

  Client client() {
    return new Client(
        connectTimeout, timeout, proxyAddress(), sslBundle, trustStore, trustStorePassword);
  }

  /** The most HTTP/2 connections: one, unless more are asked for with that version. */
  int http2Connections() {
    return connections == null || protocol() != Version.HTTP_2 ? 1 : connectionLimit(connections);
  }

  /** The most HTTP/1.1 connections. */
  int connectionLimit(int window) {
    if (connections == null) {
      return window;
    }
    if (connections < 1) {
      throw new InvalidSettingException("http.connections", "must be 1 or more");
    }
    return connections;
  }

  /** Checks what has no parsed form of its own. */
  void check() {
    checkWait("http.timeout", timeout, "30s");
    checkWait("http.connect-timeout", connectTimeout, "5s");
    if (!HttpHeaders.isToken(method)) {
      throw new InvalidSettingException("http.method", "is no request method; use one like POST");
    }
    if (fromMessages()) {
      MessageHosts.check(this);
    } else if (!allow.isEmpty()) {
      throw new InvalidSettingException(
          "http.allow", "goes with an http.url that is a template only; leave it out");
    }
  }

  private static void checkWait(String property, Duration wait, String example) {
    if (!wait.isPositive()) {
      throw new InvalidSettingException(property, "must be more than 0, such as " + example);
    }
    if (wait.compareTo(LONGEST_WAIT) > 0) {
      throw new InvalidSettingException(
          property, "must be " + LONGEST_WAIT.toDays() + "d or less, such as " + example);
    }
  }

  /** Without the address, the headers and the password: they may hold secrets. */
  @Override
  public String toString() {
    return "HttpSettings[version=" + version + ", timeout=" + timeout + "]";
  }
}
