package dev.stretto.transport.http.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.transport.InvalidSettingException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code http.oauth2} says: a token got with the client's own credentials (RFC 6749, 4.4).
 *
 * @param tokenUrl the token endpoint; required, as are the client's id and secret
 * @param clientAuthentication where the id and the secret stand in a token's request
 * @param scope what the token is to be good for, or null to leave that to the endpoint
 * @param parameters further fields of a token's request, such as {@code audience}
 */
public record OAuth2Settings(
    @Nullable String tokenUrl,
    @Nullable String clientId,
    @Nullable String clientSecret,
    @DefaultValue("header") ClientAuthentication clientAuthentication,
    @Nullable String scope,
    @DefaultValue Map<String, String> parameters) {

  private static final String ROOT = "http.oauth2.";

  private static final Set<String> OWN =
      Set.of("grant_type", "client_id", "client_secret", "scope");

  /** Where a client's id and secret stand (RFC 6749, 2.3.1). */
  public enum ClientAuthentication {
    /** In the header, as with basic auth. */
    HEADER,
    /** Among the form's fields. */
    FORM
  }

  /**
   * Looks whether it can be meant.
   *
   * @throws InvalidSettingException naming what is missing or can't be meant
   */
  public void check() {
    required("client-id", clientId);
    required("client-secret", clientSecret);
    for (String name : parameters.keySet()) {
      if (OWN.contains(name)) {
        throw new InvalidSettingException(
            ROOT + "parameters." + name,
            "is a field of its own; set client-id, client-secret and scope beside parameters");
      }
    }
  }

  private static String required(String property, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw new InvalidSettingException(ROOT + property, "is required with http.oauth2");
    }
    return value;
  }

  /** The fields of a token's request, encoded. */
  public String form() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("grant_type", "client_credentials");
    if (scope != null && !scope.isBlank()) {
      fields.put("scope", scope.strip());
    }
    if (clientAuthentication == ClientAuthentication.FORM) {
      fields.put("client_id", required("client-id", clientId));
      fields.put("client_secret", required("client-secret", clientSecret));
    }
    fields.putAll(parameters);
    return fields.entrySet().stream()
        .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  /** The Authorization header of a token's request, or null where it has none. */
  public @Nullable String authorization() {
    return clientAuthentication == ClientAuthentication.FORM
        ? null
        : BasicSettings.of(
            encoded(required("client-id", clientId)),
            encoded(required("client-secret", clientSecret)));
  }

  /** What must not be shown. */
  public List<String> secrets() {
    List<String> secrets = new ArrayList<>(parameters.values());
    String secret = required("client-secret", clientSecret);
    secrets.add(secret);
    secrets.add(encoded(secret));
    String header = authorization();
    if (header != null) {
      secrets.addAll(List.of(header.split(" ")));
    }
    return secrets;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  /** Without the secrets, of which the address may be one. */
  @Override
  public String toString() {
    return "OAuth2Settings[clientAuthentication=" + clientAuthentication + "]";
  }
}
