package dev.stretto.transport.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.http.answer.AnswerText;
import dev.stretto.transport.http.credentials.Credentials;
import dev.stretto.transport.http.credentials.TokenUse;
import dev.stretto.transport.http.hosts.AllowedHosts;
import dev.stretto.transport.http.request.Filled;
import dev.stretto.transport.http.request.RequestSettings;
import dev.stretto.transport.http.request.RequestTemplates;
import dev.stretto.transport.http.request.UnsendableException;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Makes a call's request. What is the same for every message is made once. */
final class HttpRequests {

  private static final String URL = "http.url";

  /** Null where messages name the address. */
  private final @Nullable Target fixed;

  private final @Nullable AllowedHosts allowed;
  private final HttpSettings.Version protocol;
  private final String method;
  private final HttpField channel;
  private final List<HttpField> configured;
  private final Credentials credentials;
  private final @Nullable RequestTemplates templates;

  /**
   * What a message's request will be.
   *
   * @param problem why it can't become one, or null where it can. One line
   * @param filled what the templates say; null where there are none
   * @param address where it goes; null where that is the same for all, or there is a problem
   */
  record Draft(@Nullable String problem, @Nullable Filled filled, @Nullable HttpAddress address) {}

  /**
   * Where a request goes.
   *
   * @param version which version Jetty must speak, or null where TLS is to negotiate it
   */
  private record Target(URI uri, String host, @Nullable HttpVersion version) {}

  /**
   * @param allowed which hosts messages may name; null where the settings name the only one
   * @param clock what requests are dated by
   * @throws InvalidSettingException where the channel's name, a configured header or what says who
   *     is asking can't be sent
   */
  HttpRequests(String channel, HttpSettings settings, @Nullable AllowedHosts allowed, Clock clock) {
    if (!HttpHeaders.isValue(channel)) {
      throw new InvalidSettingException(
          "http", "the channel's name can't be sent as a header; use Latin letters");
    }
    this.allowed = allowed;
    this.protocol = settings.protocol();
    this.fixed = allowed == null ? target(settings.target()) : null;
    this.method = settings.method();
    this.channel = new HttpField("Stretto-Channel", channel);
    this.credentials = new Credentials(channel, settings.credentials(), clock);
    this.configured = new ArrayList<>();
    for (Map.Entry<String, String> header : settings.headers().entrySet()) {
      checkHeader("http.headers.", header.getKey(), header.getValue());
      configured.add(new HttpField(header.getKey(), header.getValue()));
    }
    this.templates = templates(allowed == null ? null : settings.url(), settings.request());
  }

  private void checkHeader(String property, String name, String value) {
    String owner = credentials.ownerInSettings(name);
    String problem =
        owner == null
            ? HttpHeaders.problem(name, value)
            : "can't be used with " + owner + ", which sets it; leave one of them out";
    if (problem != null) {
      throw new InvalidSettingException(property + name, problem);
    }
  }

  private @Nullable RequestTemplates templates(@Nullable String url, RequestSettings settings) {
    if (url == null && settings.none()) {
      return null;
    }
    for (String header : settings.headers().keySet()) {
      checkHeader("http.request.headers.", header, "");
    }
    RequestTemplates made = new RequestTemplates(url, settings);
    try {
      Filled sample = made.ofSample();
      check(sample);
      if (sample.url() != null && made.hostOnly()) {
        HttpAddress.ofMessage(URL, sample.url());
      }
    } catch (UnsendableException e) {
      throw e.asSetting();
    }
    return made;
  }

  private Target target(HttpAddress address) {
    HttpVersion version =
        switch (protocol) {
          case AUTO -> address.secure() ? null : HttpVersion.HTTP_1_1;
          case HTTP_1_1 -> HttpVersion.HTTP_1_1;
          case HTTP_2 -> HttpVersion.HTTP_2;
        };
    return new Target(address.withKnownHost(), address.host(), version);
  }

  /** Looks whether the message can become a request, and fills the templates; throws nothing. */
  Draft draft(Message message) {
    String problem = problem(message);
    if (problem != null || templates == null) {
      return new Draft(problem, null, null);
    }
    try {
      Filled filled = templates.of(message);
      check(filled);
      return new Draft(null, filled, address(filled));
    } catch (UnsendableException e) {
      return new Draft(e.reason(), null, null);
    }
  }

  private @Nullable HttpAddress address(Filled filled) throws UnsendableException {
    if (filled.url() == null || allowed == null) {
      return null;
    }
    HttpAddress address;
    try {
      address = HttpAddress.ofMessage(URL, filled.url());
    } catch (InvalidSettingException e) {
      throw new UnsendableException(URL, e.problem());
    }
    String problem = allowed.problem(address.host(), address.port());
    if (problem != null) {
      throw new UnsendableException(URL, problem);
    }
    return address;
  }

  private static void check(Filled filled) throws UnsendableException {
    String verb = filled.method();
    if (verb != null && (!HttpHeaders.isToken(verb) || verb.equalsIgnoreCase("CONNECT"))) {
      throw new UnsendableException(
          "http.request.method", "is no request method once it is filled in");
    }
    for (Map.Entry<String, String> header : filled.headers().entrySet()) {
      if (!HttpHeaders.isValue(header.getValue())) {
        throw new UnsendableException(
            "http.request.headers." + header.getKey(),
            "has a line break or a character beyond Latin-1 once it is filled in");
      }
    }
  }

  private @Nullable String problem(Message message) {
    String misfit = misfit("the message id", message.messageId());
    if (misfit == null) {
      misfit = misfit("the content type", message.contentType());
    }
    if (misfit != null) {
      return misfit;
    }
    for (Map.Entry<String, String> header : message.headers().entrySet()) {
      String problem = HttpHeaders.problem(header.getKey(), header.getValue());
      if (problem != null) {
        return "header '" + AnswerText.oneLine(header.getKey()) + "' " + problem;
      }
    }
    return credentials.problem(message);
  }

  /**
   * A receiver does not see blanks around a header's value, so that two ids would look the same.
   */
  private static @Nullable String misfit(String what, String value) {
    if (value.isBlank()) {
      return what + " is empty";
    }
    if (!HttpHeaders.isValue(value)) {
      return what + " can't be sent as a header: it has a line break or a character beyond Latin-1";
    }
    boolean bare = value.equals(value.strip()) && value.equals(value.trim());
    return bare ? null : what + " can't be sent as a header: it begins or ends with a blank";
  }

  /**
   * The request of a call whose draft has no problem.
   *
   * @param token what it carries, or null
   */
  Request of(HttpClient client, Call call, Draft draft, @Nullable TokenUse token) {
    Message message = call.message();
    Filled filled = draft.filled();
    String templated = filled == null ? null : filled.body();
    byte[] body = (templated == null ? message.payload() : templated).getBytes(UTF_8);
    String contentType =
        filled == null || templated == null ? message.contentType() : filled.contentType();
    HttpAddress address = draft.address();
    Target target = address == null ? Objects.requireNonNull(fixed) : target(address);
    HttpVersion version = target.version();
    Request request =
        client
            .newRequest(filled == null ? target.uri() : filled(target.uri(), filled))
            .host(target.host())
            .method(filled == null || filled.method() == null ? method : filled.method())
            .headers(headers -> {
              fill(headers, call, contentType, filled);
              credentials.add(headers, message, body, token);
            })
            .body(new BytesRequestContent(contentType, body));
    return version == null ? request : request.version(version);
  }

  private static URI filled(URI target, Filled filled) {
    String path = target.getRawPath();
    if (filled.path() != null) {
      path = (path.endsWith("/") ? path.substring(0, path.length() - 1) : path) + filled.path();
    }
    String query =
        Stream.of(target.getRawQuery(), filled.query())
            .filter(part -> part != null && !part.isEmpty())
            .collect(Collectors.joining("&"));
    return URI.create(
        target.getScheme()
            + "://"
            + target.getRawAuthority()
            + path
            + (query.isEmpty() ? "" : "?" + query));
  }

  private void fill(
      HttpFields.Mutable headers, Call call, String contentType, @Nullable Filled filled) {
    Message message = call.message();
    headers.add(HttpHeader.CONTENT_TYPE, contentType);
    headers.add("Idempotency-Key", message.messageId());
    headers.add("Stretto-Message-Id", message.messageId());
    headers.add(channel);
    headers.add("Stretto-Position", Long.toString(message.position()));
    headers.add("Stretto-Attempt", Integer.toString(call.attempt()));
    headers.add("Stretto-Fence", Long.toString(call.fence()));
    for (HttpField field : configured) {
      headers.put(field);
    }
    if (filled != null) {
      filled.headers().forEach(headers::put);
    }
    for (Map.Entry<String, String> header : message.headers().entrySet()) {
      headers.put(header.getKey(), header.getValue());
    }
  }
}
