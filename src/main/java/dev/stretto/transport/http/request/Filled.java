package dev.stretto.transport.http.request;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the templates say of one message's request; null, or empty, where they don't say anything.
 *
 * @param url as it is written, instead of the address
 * @param path in ASCII, to be put behind that of the address
 * @param query in ASCII, to be put behind that of the address
 * @param headers by their names as they are written
 * @param contentType that of the body
 */
public record Filled(
    @Nullable String url,
    @Nullable String method,
    @Nullable String path,
    @Nullable String query,
    Map<String, String> headers,
    @Nullable String body,
    String contentType) {}
