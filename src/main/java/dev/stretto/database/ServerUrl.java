package dev.stretto.database;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The URL of a database server, with the settings of its driver that Stretto counts on.
 *
 * <ul>
 *   <li>PostgreSQL, tcpKeepAlive: a server that is gone is noticed, as on MariaDB by itself
 *   <li>PostgreSQL, reWriteBatchedInserts: many rows of an append in one statement
 *   <li>PostgreSQL, prepareThreshold: each execution is planned for the tables as they are. A plan
 *       that is kept is of when they were empty, and reads all of what came since, until statistics
 *       are made anew, which is a minute or more
 *   <li>MariaDB, connectionTimeZone, forceConnectionTimeZoneToSession, preserveInstants: a time is
 *       the same instant whatever the zones of JVM, session and server
 * </ul>
 *
 * @param target all but the settings
 * @param settings what follows the question mark, in order
 */
record ServerUrl(String target, Map<String, String> settings) {

  private static final Map<String, Map<String, String>> NEEDED =
      Map.of(
          "jdbc:postgresql:",
          Map.of("tcpKeepAlive", "true", "reWriteBatchedInserts", "true", "prepareThreshold", "0"),
          "jdbc:mariadb:",
          Map.of(
              "connectionTimeZone",
              "UTC",
              "forceConnectionTimeZoneToSession",
              "true",
              "preserveInstants",
              "true"));

  /** Understands {@code url}, or is empty where it is not a server's that Stretto knows. */
  static Optional<ServerUrl> of(String url) {
    return needed(url).map(needed -> parsed(url));
  }

  private static ServerUrl parsed(String url) {
    String[] parts = url.split("\\?", 2);
    Map<String, String> settings = new LinkedHashMap<>();
    if (parts.length == 2) {
      Arrays.stream(parts[1].split("&"))
          .filter(setting -> !setting.isEmpty())
          .map(setting -> setting.split("=", 2))
          .forEach(setting -> settings.put(setting[0], setting.length == 2 ? setting[1] : ""));
    }
    return new ServerUrl(parts[0], settings);
  }

  private static Optional<Map<String, String>> needed(String url) {
    return NEEDED.entrySet().stream()
        .filter(vendor -> url.startsWith(vendor.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** The same URL with what is missing of the settings above; nothing that is there is changed. */
  ServerUrl completed() {
    Map<String, String> all = new LinkedHashMap<>(settings);
    needed(target)
        .orElse(Map.of())
        .forEach((setting, value) -> {
          if (!has(setting)) {
            all.put(setting, value);
          }
        });
    return new ServerUrl(target, all);
  }

  /** Whether the setting is given, in upper or lower case. */
  private boolean has(String setting) {
    return settings.keySet().stream()
        .anyMatch(given -> given.toLowerCase(Locale.ROOT).equals(setting.toLowerCase(Locale.ROOT)));
  }

  @Override
  public String toString() {
    StringBuilder url = new StringBuilder(target);
    String separator = "?";
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      url.append(separator).append(setting.getKey()).append('=').append(setting.getValue());
      separator = "&";
    }
    return url.toString();
  }
}
