package dev.stretto.transport.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** What is shown of an error's body: its beginning, on one line, without the secrets we sent. */
final class AnswerText {

  /** How much of a body, in bytes, is kept; as it came and once more as decoded. */
  static final int EXCERPT = 4096;

  private static final int SHOWN = 512;
  private static final int SHORTEST_SECRET = 8;
  private static final int ZLIB = 0x78;
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\s]+");
  private static final Pattern CHARSET =
      Pattern.compile("charset\\s*=\\s*\"?([^\\s;\"]+)", Pattern.CASE_INSENSITIVE);

  private final Set<String> secrets = new LinkedHashSet<>();

  AnswerText(HttpSettings settings) {
    URI target = settings.target().uri();
    for (String header : settings.headers().values()) {
      keepSecret(header.split("\\s+"));
    }
    keepSecret(String.valueOf(target.getRawPath()).split("/"));
    keepSecret(String.valueOf(target.getPath()).split("/"));
    keepSecret(String.valueOf(target.getRawQuery()).split("[&=]"));
    keepSecret(String.valueOf(target.getQuery()).split("[&=]"));
  }

  private void keepSecret(String... words) {
    for (String word : words) {
      if (word.length() >= SHORTEST_SECRET) {
        secrets.add(word);
      }
    }
  }

  /** What the body says; empty where it says nothing that could be read. */
  String of(HttpFields headers, byte[] excerpt) {
    byte[] body = excerpt;
    List<String> encodings = headers.getCSV(HttpHeader.CONTENT_ENCODING, false);
    for (String encoding : encodings.reversed()) {
      body = decoded(body, encoding.toLowerCase(Locale.ROOT));
    }
    String text = characters(body, charset(headers.get(HttpHeader.CONTENT_TYPE)));
    for (String secret : secrets) {
      text = text.replace(secret, "***");
    }
    boolean cut = excerpt.length >= EXCERPT || body.length >= EXCERPT;
    return shortened(oneLine(cut ? withoutBegunSecret(text) : text));
  }

  /** As much as can be decoded; nothing of an encoding that isn't known. */
  private static byte[] decoded(byte[] body, String encoding) {
    ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    try (InputStream in =
        switch (encoding) {
          case "gzip", "x-gzip" -> new GZIPInputStream(new ByteArrayInputStream(body));
          case "deflate" -> inflating(body);
          case "identity" -> new ByteArrayInputStream(body);
          default -> InputStream.nullInputStream();
        }) {
      for (int b = in.read(); b >= 0 && decoded.size() < EXCERPT; b = in.read()) {
        decoded.write(b);
      }
    } catch (IOException _) {
      // What came before the cut, or the damage, is shown.
    }
    return decoded.toByteArray();
  }

  /** "deflate" means zlib's format, but some send it without its frame. */
  private static InputStream inflating(byte[] body) {
    boolean framed = body.length > 0 && (body[0] & 0xFF) == ZLIB;
    return new InflaterInputStream(new ByteArrayInputStream(body), new Inflater(!framed));
  }

  private static Charset charset(@Nullable String contentType) {
    Matcher named = CHARSET.matcher(contentType == null ? "" : contentType);
    try {
      return named.find() ? Charset.forName(named.group(1)) : StandardCharsets.UTF_8;
    } catch (IllegalArgumentException unknown) {
      return StandardCharsets.UTF_8;
    }
  }

  /** The characters that are there as a whole: the last may have been cut. */
  private static String characters(byte[] body, Charset charset) {
    CharBuffer text = CharBuffer.allocate(body.length * 2);
    charset
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .onUnmappableCharacter(CodingErrorAction.REPLACE)
        .decode(ByteBuffer.wrap(body), text, false);
    return text.flip().toString();
  }

  /** Where the body was cut inside a secret, its beginning would be shown. */
  private String withoutBegunSecret(String text) {
    int end = text.length();
    for (String secret : secrets) {
      for (int begun = Math.min(secret.length(), text.length()); begun > 0; begun--) {
        if (text.regionMatches(text.length() - begun, secret, 0, begun)) {
          end = Math.min(end, text.length() - begun);
          break;
        }
      }
    }
    return text.substring(0, end);
  }

  private static String shortened(String line) {
    if (line.length() <= SHOWN) {
      return line;
    }
    boolean pair = Character.isHighSurrogate(line.charAt(SHOWN - 1));
    return line.substring(0, pair ? SHOWN - 1 : SHOWN) + "…";
  }

  /** The text without line breaks and other control characters. */
  static String oneLine(String text) {
    return UNPRINTABLE.matcher(text).replaceAll(" ").strip();
  }
}
