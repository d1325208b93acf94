package dev.stretto.transport.http.request;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.message.Message;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.http.json.JsonText;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The templates of a channel's requests. All or nothing: a message that lacks a value, or has one
 * that can't stand where it is wanted, becomes no request.
 */
public final class RequestTemplates {

  private static final String ROOT = "http.request.";
  private static final String URL = "http.url";
  private static final Pattern HOST_TEMPLATE =
      Pattern.compile("(?i)https?://(\\{\\{.*?}}|[^/?#{])+(?<rest>.*)", Pattern.DOTALL);
  private static final String JSON = "application/json";
  private static final Pattern NOT_ASCII = Pattern.compile("[^\\x00-\\x7F]+");
  private static final Pattern NOT_IN_URL = Pattern.compile("[^!-~]|[#\"<>\\\\^`{|}]");
  private static final Pattern BAD_PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");
  private static final Pattern BRACKET = Pattern.compile("[\\[\\]]");
  private static final Pattern WAY_UP = Pattern.compile("(?i)/(\\.|%2e){1,2}(/|$)");
  private static final Pattern MEDIA_TYPE =
      Pattern.compile(
          "(?<type>[\\w.+-]+/[\\w.+-]+)\\s*(;\\s*charset\\s*=\\s*\"?utf-8\"?\\s*)?",
          Pattern.CASE_INSENSITIVE);

  private final @Nullable PlaceTemplate url;
  private final boolean hostOnly;
  private final @Nullable PlaceTemplate method;
  private final @Nullable PlaceTemplate path;
  private final @Nullable PlaceTemplate query;
  private final Map<String, PlaceTemplate> headers = new LinkedHashMap<>();
  private final @Nullable PlaceTemplate body;
  private final String contentType;
  private final boolean json;

  /**
   * @param url that of {@code http.url} where it is a template, else null
   * @throws InvalidSettingException naming a template that can't be meant
   */
  public RequestTemplates(@Nullable String url, RequestSettings settings) {
    Place urlPlace = url == null ? Place.URL : urlPlace(url.strip());
    this.url = url == null ? null : PlaceTemplate.of(URL, url.strip(), urlPlace);
    this.hostOnly = urlPlace == Place.HOST;
    method = PlaceTemplate.of(ROOT + "method", settings.method(), Place.HEAD);
    path = PlaceTemplate.of(ROOT + "path", settings.path(), Place.PATH);
    query = PlaceTemplate.of(ROOT + "query", settings.query(), Place.QUERY);
    settings.headers().forEach(this::addHeader);
    if (settings.contentType() != null && settings.body() == null) {
      throw new InvalidSettingException(
          ROOT + "content-type", "goes with http.request.body only; leave it out");
    }
    contentType = settings.contentType() == null ? JSON : settings.contentType().strip();
    Place place = place(contentType);
    json = place == Place.JSON;
    body = PlaceTemplate.of(ROOT + "body", settings.body(), place);
  }

  /** What they say of a message that has the text {@code x} as each of its values. */
  public Filled ofSample() throws UnsendableException {
    return filled(MessageValues.sample());
  }

  /** Whether values of the message stand in the host of the url only, not for the whole. */
  public boolean hostOnly() {
    return hostOnly;
  }

  /** Whether the values stand for the whole, or for parts of a host's name behind the scheme. */
  private static Place urlPlace(String text) {
    if (text.startsWith("{{")) {
      return Place.URL;
    }
    Matcher parts = HOST_TEMPLATE.matcher(text);
    if (!parts.matches()) {
      throw new InvalidSettingException(
          URL, "must start with http: or https:, or be a template of the whole address");
    }
    if (parts.group("rest").contains("{{")) {
      throw new InvalidSettingException(
          URL,
          "must have no template behind the host; write http.request.path and http.request.query");
    }
    return Place.HOST;
  }

  private void addHeader(String name, String text) {
    String property = ROOT + "headers." + name;
    PlaceTemplate template = PlaceTemplate.of(property, text, Place.HEAD);
    if (template != null) {
      headers.put(name, template);
    }
  }

  private static Place place(String contentType) {
    Matcher media = MEDIA_TYPE.matcher(contentType);
    String type = media.matches() ? media.group("type").toLowerCase(Locale.ROOT) : "";
    if (type.endsWith("/json") || type.endsWith("+json")) {
      return Place.JSON;
    }
    if (type.endsWith("/xml") || type.endsWith("+xml") || type.equals("text/html")) {
      return Place.MARKUP;
    }
    return switch (type) {
      case "application/x-www-form-urlencoded" -> Place.FORM;
      case "text/plain", "text/markdown" -> Place.PLAIN;
      default ->
          throw new InvalidSettingException(
              ROOT + "content-type",
              "'"
                  + contentType
                  + "' is none that values are escaped for; use a type of JSON, XML, HTML, forms or"
                  + " plain text, in UTF-8");
    };
  }

  /**
   * What they say of a message.
   *
   * @throws UnsendableException where it can't be sent, with the name of the value
   */
  public Filled of(Message message) throws UnsendableException {
    return filled(MessageValues.of(message));
  }

  private Filled filled(MessageValues values) throws UnsendableException {
    Map<String, String> filledHeaders = new LinkedHashMap<>();
    for (Map.Entry<String, PlaceTemplate> header : headers.entrySet()) {
      filledHeaders.put(header.getKey(), header.getValue().filled(values));
    }
    return new Filled(
        filled(url, values),
        filled(method, values),
        path(values),
        url("query", filled(query, values)),
        filledHeaders,
        body(values),
        contentType);
  }

  private static @Nullable String filled(@Nullable PlaceTemplate template, MessageValues values)
      throws UnsendableException {
    return template == null ? null : template.filled(values);
  }

  private @Nullable String path(MessageValues values) throws UnsendableException {
    String text = url("path", filled(path, values));
    if (text == null) {
      return null;
    }
    if (!text.startsWith("/")) {
      throw new UnsendableException(ROOT + "path", "must begin with /");
    }
    if (text.contains("?")) {
      throw new UnsendableException(ROOT + "path", "must have no ?; write http.request.query");
    }
    if (BRACKET.matcher(text).find()) {
      throw new UnsendableException(
          ROOT + "path", "must have no [ or ]; write them as %5B and %5D");
    }
    if (WAY_UP.matcher(text).find()) {
      throw new UnsendableException(ROOT + "path", "has '.' or '..' between slashes");
    }
    return text;
  }

  /** In ASCII, as an address may be. */
  private static @Nullable String url(String property, @Nullable String text)
      throws UnsendableException {
    if (text == null) {
      return null;
    }
    String ascii =
        NOT_ASCII.matcher(text).replaceAll(found -> URLEncoder.encode(found.group(), UTF_8));
    if (NOT_IN_URL.matcher(ascii).find() || BAD_PERCENT.matcher(ascii).find()) {
      throw new UnsendableException(
          ROOT + property, "has a character that an address can't have; write it like %20");
    }
    return ascii;
  }

  private @Nullable String body(MessageValues values) throws UnsendableException {
    String text = filled(body, values);
    if (text != null && json && !new JsonText(text, true).isJson()) {
      throw new UnsendableException(
          ROOT + "body",
          "is no JSON once it is filled in; write {{…}} within quotes, and {{{…}}}"
              + " where a value brings its own");
    }
    return text;
  }
}
