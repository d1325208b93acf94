package dev.stretto.transport.amqp;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.PortNumber;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code stretto.channels.<channel>.amqp} says.
 *
 * @param url {@code amqp://USER:PASSWORD@HOST:PORT/VHOST}, or {@code amqps:} for TLS; required
 * @param exchange where messages are published; empty for the default exchange, which takes the
 *     routing key for the name of a queue
 * @param routingKey that of every message; null for each message's ordering key, or the channel's
 *     name where it has none
 * @param timeout how long a call may take before its outcome counts as unknown; more than 0, a day
 *     at most
 * @param connectTimeout how long making the connection may take, and each step of readying it; more
 *     than 0, a day at most
 */
record AmqpSettings(
    @Nullable String url,
    @DefaultValue("") String exchange,
    @Nullable String routingKey,
    @DefaultValue("30s") Duration timeout,
    @DefaultValue("5s") Duration connectTimeout) {

  /** The most bytes of a name in AMQP. */
  static final int LONGEST_NAME = 255;

  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  /** The parsed url. Errors don't repeat it: it holds a password. */
  URI address() {
    if (url == null || url.isBlank()) {
      throw new InvalidSettingException(
          "amqp.url", "is required; write amqp://USER:PASSWORD@HOST:PORT/VHOST, or amqps:");
    }
    URI uri;
    try {
      uri = new URI(url.strip());
    } catch (URISyntaxException e) {
      throw new InvalidSettingException(
          "amqp.url", "is no URL; percent-encode the characters that a URL can't have");
    }
    String scheme = String.valueOf(uri.getScheme());
    if (!scheme.equalsIgnoreCase("amqp") && !scheme.equalsIgnoreCase("amqps")) {
      throw new InvalidSettingException("amqp.url", "must begin with amqp:// or amqps://");
    }
    if (uri.getHost() == null) {
      throw new InvalidSettingException("amqp.url", "has no host; write amqp://HOST:PORT/VHOST");
    }
    if (uri.getPort() >= 0 && !PortNumber.isOne(uri.getPort())) {
      throw new InvalidSettingException("amqp.url", PortNumber.PROBLEM);
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new InvalidSettingException(
          "amqp.url", "can't have a query or a fragment; leave it out");
    }
    if (uri.getRawPath().indexOf('/', 1) >= 0) {
      throw new InvalidSettingException(
          "amqp.url",
          "has more than one / in its path; percent-encode one in a virtual host's name");
    }
    return uri;
  }

  /** Whether the url asks for TLS. */
  boolean secure() {
    return address().getScheme().equalsIgnoreCase("amqps");
  }

  /** The host and port that the url names, for people. */
  String authority() {
    URI uri = address();
    int port = uri.getPort() >= 0 ? uri.getPort() : secure() ? 5671 : 5672;
    return uri.getHost() + ":" + port;
  }

  /** Checks everything, as far as that can be done without a connection. */
  void check() {
    var _ = address();
    if (bytes(exchange) > LONGEST_NAME) {
      throw new InvalidSettingException(
          "amqp.exchange", "must have " + LONGEST_NAME + " bytes or less");
    }
    if (routingKey != null && bytes(routingKey) > LONGEST_NAME) {
      throw new InvalidSettingException(
          "amqp.routing-key", "must have " + LONGEST_NAME + " bytes or less");
    }
    checkWait("amqp.timeout", timeout, "30s");
    checkWait("amqp.connect-timeout", connectTimeout, "5s");
  }

  private static void checkWait(String property, Duration wait, String example) {
    if (!wait.isPositive() || wait.compareTo(LONGEST_WAIT) > 0) {
      throw new InvalidSettingException(
          property, "must be more than 0 and 1d or less, such as " + example);
    }
  }

  static int bytes(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Without the url: it holds a password. */
  @Override
  public String toString() {
    return "AmqpSettings[exchange=" + exchange + ", timeout=" + timeout + "]";
  }
}
