package dev.stretto.transport.http.request;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code http.request} says: templates, each null where the usual stands.
 *
 * @param method instead of {@code http.method}
 * @param path behind the path of {@code http.url}; begins with a slash
 * @param query behind the query of {@code http.url}; without the question mark
 * @param headers beside and before those of {@code http.headers}
 * @param body instead of the payload
 * @param contentType of the body, which says how values are escaped in it; JSON where it is null
 */
public record RequestSettings(
    @Nullable String method,
    @Nullable String path,
    @Nullable String query,
    @DefaultValue Map<String, String> headers,
    @Nullable String body,
    @Nullable String contentType) {

  /** Where nothing is said. */
  public static final RequestSettings NONE =
      new RequestSettings(null, null, null, Map.of(), null, null);

  /** Whether nothing is said. */
  public boolean none() {
    return method == null
        && path == null
        && query == null
        && headers.isEmpty()
        && body == null
        && contentType == null;
  }

  /** Without anything that could be a secret. */
  @Override
  public String toString() {
    return "RequestSettings[contentType=" + contentType + "]";
  }
}
