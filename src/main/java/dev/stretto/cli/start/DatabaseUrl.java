package dev.stretto.cli.start;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.PortNumber;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The slips in a database's URL that drivers answer with a puzzle, or not at all. */
final class DatabaseUrl {

  private static final String PROPERTY = "spring.datasource.url";
  private static final Pattern AUTHORITY = Pattern.compile("^jdbc:[^/?;]*//([^/?;]*)");
  private static final Pattern PORT = Pattern.compile(":(\\d+)$");

  /** MySQL's is another's: whose database that is, is said once it is open. */
  private static final List<String> KNOWN =
      List.of("jdbc:h2:", "jdbc:postgresql:", "jdbc:mariadb:", "jdbc:mysql:");

  private DatabaseUrl() {}

  /**
   * Looks at a URL, without a secret that may be in it coming into any message.
   *
   * @throws InvalidSettingException where it can't be meant
   */
  static void check(String url) {
    if (url.startsWith("jdbc:postgres:")) {
      throw wrong("begins with jdbc:postgres:, which is nobody's; did you mean jdbc:postgresql:?");
    }
    if (url.matches("(?i)(postgres|postgresql|mariadb|h2):.*")) {
      throw wrong("a JDBC URL begins with jdbc:, such as jdbc:postgresql://host/database");
    }
    if (url.startsWith("jdbc:") && KNOWN.stream().noneMatch(url::startsWith)) {
      throw wrong("must begin with jdbc:h2:, jdbc:postgresql: or jdbc:mariadb:");
    }
    Matcher found = AUTHORITY.matcher(url);
    if (found.find()) {
      checkAuthority(found.group(1));
    }
  }

  private static void checkAuthority(String authority) {
    if (authority.contains("@")) {
      throw wrong(
          "has a user name or password before an @, which JDBC does not know: set"
              + " spring.datasource.username and spring.datasource.password");
    }
    for (String host : authority.split(",")) {
      Matcher port = PORT.matcher(host);
      if (port.find()
          && (port.group(1).length() > 5 || Integer.parseInt(port.group(1)) > PortNumber.HIGHEST)) {
        throw wrong(
            "there is no port " + port.group(1) + "; the last one is " + PortNumber.HIGHEST);
      }
    }
  }

  private static InvalidSettingException wrong(String why) {
    return new InvalidSettingException(PROPERTY, why);
  }
}
