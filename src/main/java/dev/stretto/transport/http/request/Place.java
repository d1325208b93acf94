package dev.stretto.transport.http.request;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import java.net.URLEncoder;
import java.util.regex.Pattern;

/** Where a template's values stand, which says how they are escaped. */
enum Place {
  /** The whole of a URL; whoever reads that refuses what it can't be. */
  URL {
    @Override
    String escaped(String text) {
      if (text.isEmpty()) {
        throw new UnfitValueException("is empty");
      }
      if (BLANK.matcher(text).find()) {
        throw new UnfitValueException("has a blank or a control character");
      }
      return text;
    }
  },
  /** Within the name of a URL's host. */
  HOST {
    @Override
    String escaped(String text) {
      if (!IN_HOST.matcher(text).matches()) {
        throw new UnfitValueException(
            "has other characters than letters, digits, '-', '_' and '.', or none at all");
      }
      return text;
    }
  },
  /** Within one segment of a URL's path. */
  PATH {
    @Override
    String escaped(String text) {
      if (text.isEmpty()) {
        throw new UnfitValueException("is empty");
      }
      if (WAY_UP.matcher(text).find()) {
        throw new UnfitValueException("has '.' or '..', which could lead to another path");
      }
      if (CONTROL.matcher(text).find()) {
        throw new UnfitValueException("has a control character");
      }
      return percent(text);
    }
  },
  /** A name or value of a URL's query. */
  QUERY {
    @Override
    String escaped(String text) {
      return percent(text);
    }
  },
  /** A header's value or the method; what they can't hold is refused by those who know it. */
  HEAD {
    @Override
    String escaped(String text) {
      return text;
    }
  },
  /** A body of JSON: {@code {{x}}} within quotes, {@code {{{x}}}} as a value with its own. */
  JSON {
    @Override
    String shown(MessageValue value) {
      return value.json();
    }

    @Override
    String escaped(String json) {
      return MessageValue.insideString(json);
    }
  },
  /** A body of XML or HTML. */
  MARKUP {
    @Override
    String escaped(String text) {
      if (NOT_IN_MARKUP.matcher(text).find()) {
        throw new UnfitValueException("has a character that XML can't hold");
      }
      return MARKUP_ESCAPER.escape(text);
    }
  },
  /** A body as HTML forms send it. */
  FORM {
    @Override
    String escaped(String text) {
      return URLEncoder.encode(text, UTF_8);
    }
  },
  /** A body of plain text. */
  PLAIN {
    @Override
    String escaped(String text) {
      return text;
    }
  };

  /** Also where a server takes an escaped slash, or a backslash, for one. */
  private static final Pattern WAY_UP = Pattern.compile("(^|[/\\\\])\\.\\.?($|[/\\\\])");

  private static final Pattern BLANK = Pattern.compile("[\\p{C}\\s\\p{Z}]");

  private static final Pattern IN_HOST = Pattern.compile("[\\p{L}\\p{M}\\p{Nd}._-]+");

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  private static final Pattern NOT_IN_MARKUP =
      Pattern.compile("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uFFFE\\uFFFF]");

  /** As within quotes too, where line breaks and tabs would become blanks. */
  private static final Mustache.Escaper MARKUP_ESCAPER =
      Escapers.simple(
          new String[] {"&", "&amp;"},
          new String[] {"<", "&lt;"},
          new String[] {">", "&gt;"},
          new String[] {"\"", "&quot;"},
          new String[] {"'", "&#39;"},
          new String[] {"\t", "&#9;"},
          new String[] {"\n", "&#10;"},
          new String[] {"\r", "&#13;"});

  /** Whether {@code {{{x}}}} may stand there. */
  boolean isBody() {
    return switch (this) {
      case URL, HOST, PATH, QUERY, HEAD -> false;
      case JSON, MARKUP, FORM, PLAIN -> true;
    };
  }

  /** What is put in, or escaped and put in, for a value. */
  String shown(MessageValue value) {
    if (value.isNull()) {
      throw new UnfitValueException("is null");
    }
    if (!UTF_8.newEncoder().canEncode(value.characters())) {
      throw new UnfitValueException("has half a character");
    }
    return value.characters();
  }

  /** What stands for a value that is shown so. */
  abstract String escaped(String text);

  /** Everything but the characters that never mean anything in a URL. */
  private static String percent(String text) {
    return URLEncoder.encode(text, UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }
}
