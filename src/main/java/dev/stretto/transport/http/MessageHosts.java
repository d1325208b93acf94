package dev.stretto.transport.http;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.http.hosts.AllowedHosts;
import java.util.Map;
import java.util.regex.Pattern;

/** What does not go with a host that messages name. */
final class MessageHosts {

  /** Names of headers whose values are as a rule secrets. */
  private static final Pattern SECRET =
      Pattern.compile("(?i).*(auth|cookie|token|secret|passw|key|session).*");

  private static final String TO_WHOM =
      "would go to whatever host a message names; have http.allow name the hosts, or leave it out";

  private MessageHosts() {}

  /**
   * @throws InvalidSettingException naming the setting that does not
   */
  static void check(HttpSettings http) {
    refuse(
        http.proxyAddress() != null,
        "http.proxy",
        "does not go with an http.url that is a template: the proxy would choose the address, which"
            + " then nobody judges; leave it out");
    refuse(
        http.oauth2() != null,
        "http.oauth2",
        "does not go with an http.url that is a template; use a channel of its own for each host");
    refuse(
        http.http2Connections() > 1,
        "http.connections",
        "with http.version 2 does not go with an http.url that is a template: each host has one");
    if (!new AllowedHosts(http.allow()).namesHosts()) {
      refuse(http.basic() != null, "http.basic", TO_WHOM);
      http.headers().forEach((name, _) -> refuse(secret(name), "http.headers." + name, TO_WHOM));
      for (Map.Entry<String, String> header : http.request().headers().entrySet()) {
        boolean fixed = !header.getValue().contains("{{");
        refuse(
            fixed && secret(header.getKey()), "http.request.headers." + header.getKey(), TO_WHOM);
      }
    }
  }

  private static boolean secret(String header) {
    return SECRET.matcher(header).matches();
  }

  private static void refuse(boolean refused, String property, String problem) {
    if (refused) {
      throw new InvalidSettingException(property, problem);
    }
  }
}
