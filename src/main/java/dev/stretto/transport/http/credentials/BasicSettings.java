package dev.stretto.transport.http.credentials;

import dev.stretto.transport.InvalidSettingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What {@code http.basic} says (RFC 7617); both are required, and sent in UTF-8. */
public record BasicSettings(@Nullable String user, @Nullable String password) {

  private static final String ROOT = "http.basic.";

  /**
   * The value of the Authorization header.
   *
   * @throws InvalidSettingException naming what is missing or can't be sent
   */
  public String authorization() {
    String name = required("user", user);
    if (name.isEmpty() || name.contains(":")) {
      throw new InvalidSettingException(ROOT + "user", "must be a name without a colon");
    }
    return of(name, required("password", password));
  }

  private static String required(String property, @Nullable String value) {
    if (value == null) {
      throw new InvalidSettingException(ROOT + property, "is required with http.basic");
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidSettingException(
          ROOT + property, "has a line break or another control character; leave it out");
    }
    return value;
  }

  static String of(String user, String password) {
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "BasicSettings[]";
  }
}
