package dev.stretto.transport.http.answer;

import dev.stretto.transport.http.json.JsonText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * What was kept of a body, decoded: as many bytes at the most as were kept of it encoded.
 *
 * @param text its characters; without those that an end that is missing has cut
 * @param whole whether nothing is missing, and all of it could be decoded
 */
record AnswerBody(String text, boolean whole) {

  private static final int ZLIB = 0x78;
  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final int PIECE = 512;
  private static final Pattern CHARSET =
      Pattern.compile("charset\\s*=\\s*\"?([^\\s;\"]+)", Pattern.CASE_INSENSITIVE);

  private record Decoded(byte[] bytes, boolean whole) {}

  static AnswerBody of(HttpFields headers, KeptBody kept) {
    Decoded body = new Decoded(kept.bytes(), kept.whole());
    List<String> encodings = headers.getCSV(HttpHeader.CONTENT_ENCODING, false);
    for (String encoding : encodings.reversed()) {
      body = decoded(body, encoding.toLowerCase(Locale.ROOT), kept.limit());
    }
    Charset charset = charset(headers.get(HttpHeader.CONTENT_TYPE));
    return new AnswerBody(characters(body.bytes(), charset), body.whole());
  }

  JsonText json() {
    return new JsonText(text, whole);
  }

  /** As much as can be decoded; nothing of an encoding that isn't known. */
  private static Decoded decoded(Decoded body, String encoding, int limit) {
    ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    boolean whole = false;
    try (InputStream in =
        switch (encoding) {
          case "gzip", "x-gzip" -> new GZIPInputStream(new ByteArrayInputStream(body.bytes()));
          case "deflate" -> inflating(body.bytes());
          case "identity" -> new ByteArrayInputStream(body.bytes());
          default -> throw new IOException("unknown encoding");
        }) {
      byte[] piece = new byte[PIECE];
      int more = in.read(piece, 0, Math.min(PIECE, limit));
      while (more > 0) {
        decoded.write(piece, 0, more);
        more = in.read(piece, 0, Math.min(PIECE, limit - decoded.size()));
      }
      whole = body.whole() && in.read() < 0;
    } catch (IOException _) {
      // What came before the cut, or the damage, is shown.
    }
    return new Decoded(decoded.toByteArray(), whole);
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
    String decoded = text.flip().toString();
    return decoded.startsWith(BYTE_ORDER_MARK) ? decoded.substring(1) : decoded;
  }
}
