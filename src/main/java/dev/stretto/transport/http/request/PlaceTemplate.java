package dev.stretto.transport.http.request;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import dev.stretto.transport.InvalidSettingException;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A template at its place. */
final class PlaceTemplate {

  private static final Pattern RAW = Pattern.compile("\\{\\{\\s*[{&]");
  private static final Pattern OTHER_DELIMITERS = Pattern.compile("\\{\\{\\s*=");

  /** Asks the message for values, and nothing else for anything. */
  private static final Mustache.Collector COLLECTOR =
      new Mustache.Collector() {
        @Override
        public @Nullable Iterator<?> toIterator(Object value) {
          return value instanceof MessageValue one && one.shown()
              ? null
              : Collections.emptyIterator();
        }

        @Override
        public Mustache.@Nullable VariableFetcher createFetcher(Object context, String name) {
          return context instanceof MessageValues
              ? (values, asked) -> ((MessageValues) values).get(asked)
              : null;
        }

        @Override
        public <K, V> Map<K, V> createFetcherCache() {
          return new ConcurrentHashMap<>();
        }
      };

  private final String property;
  private final Template template;

  private PlaceTemplate(String property, Template template) {
    this.property = property;
    this.template = template;
  }

  /**
   * Reads a template; null where none is written.
   *
   * @throws InvalidSettingException naming the property, where it can't be meant
   */
  static @Nullable PlaceTemplate of(String property, @Nullable String text, Place place) {
    if (text == null) {
      return null;
    }
    if (!place.isBody() && RAW.matcher(text).find()) {
      throw new InvalidSettingException(
          property, "must not have {{{…}}} or {{&…}}: values are always escaped here");
    }
    if (OTHER_DELIMITERS.matcher(text).find()) {
      throw new InvalidSettingException(property, "must not change what tags begin with");
    }
    try {
      Template template =
          Mustache.compiler()
              .withCollector(COLLECTOR)
              .withFormatter(value -> place.shown((MessageValue) value))
              .withEscaper(place::escaped)
              .compile(text);
      template.visit(new Names(property));
      return new PlaceTemplate(property, template);
    } catch (MustacheException e) {
      throw new InvalidSettingException(property, "is no template: " + e.getMessage());
    } catch (IndexOutOfBoundsException e) {
      throw new InvalidSettingException(property, "is no template: it has a tag without a name");
    }
  }

  /** The text with the message's values in it. */
  String filled(MessageValues values) throws UnsendableException {
    try {
      return template.execute(values);
    } catch (UnfitValueException | MustacheException e) {
      throw new UnsendableException(
          property, "{{%s}} %s".formatted(values.asked(), UnfitValueException.problem(e)));
    }
  }

  /** Refuses whatever no message could fill. */
  private record Names(String property) implements Mustache.Visitor {

    @Override
    public void visitText(String text) {
      if (text.contains("{{")) {
        throw new InvalidSettingException(property, "has a {{ that no }} ends");
      }
    }

    @Override
    public void visitVariable(String name) {
      if (!MessageValues.isName(name)) {
        throw new InvalidSettingException(
            property, "{{" + name + "}} is unknown; use " + MessageValues.KNOWN);
      }
    }

    @Override
    public boolean visitSection(String name) {
      visitVariable(name);
      return true;
    }

    @Override
    public boolean visitInvertedSection(String name) {
      return visitSection(name);
    }

    @Override
    public boolean visitInclude(String name) {
      throw new InvalidSettingException(
          property, "must be whole: there are no other templates, such as '" + name + "'");
    }

    @Override
    public boolean visitParent(String name) {
      return visitInclude(name);
    }

    @Override
    public boolean visitBlock(String name) {
      return visitInclude(name);
    }
  }
}
