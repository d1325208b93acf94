package dev.stretto.transport.http.credentials;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;

/** The header {@code traceparent} (W3C Trace Context): passed on, or made where there is none. */
final class TraceParent {

  static final String PROPERTY = "http.trace";
  static final String HEADER = "traceparent";
  private static final String STATE = "tracestate";
  private static final int TRACE_ID = 16;

  private static final Pattern FORM =
      Pattern.compile(
          "(?<version>(?!ff)[0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
              + "(?<more>-.*)?");

  private TraceParent() {}

  /**
   * Leaves what the message brings, if that is well-formed; else each attempt is a span of its own
   * in one trace, which is the message's in every run.
   */
  static void complete(HttpFields.Mutable headers, String channel, String id) {
    String given = headers.get(HEADER);
    if (given == null || !wellFormed(given)) {
      // The state belongs to the trace that is not passed on.
      headers.remove(STATE);
      headers.put(HEADER, "00-" + traceId(channel, id) + "-" + spanId() + "-01");
    }
  }

  private static boolean wellFormed(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        && (matcher.group("more") == null || !matcher.group("version").equals("00"));
  }

  private static String traceId(String channel, String id) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest((channel + "\n" + id).getBytes(UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(hash, TRACE_ID));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String spanId() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
  }
}
