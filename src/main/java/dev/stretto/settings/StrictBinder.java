package dev.stretto.settings;

import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.transport.TransportSettings;
import java.beans.PropertyEditorSupport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.PropertyEditorRegistry;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PlaceholdersResolver;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.PropertyPlaceholderHelper;

/**
 * Spring Boot's binder, but a typo, a bare number for a time or a variable that is not set is
 * refused, and a path is one of the file system's.
 */
final class StrictBinder {

  private static final ConfigurationPropertyName CHANNELS =
      ConfigurationPropertyName.of(WrittenChannels.ROOT);

  private static final ConfigurationPropertyName CHANNEL =
      ConfigurationPropertyName.of(WrittenChannel.PREFIX);

  private static final String ROOT = "stretto";

  private final ConfigurableEnvironment environment;
  private final PlaceholdersResolver placeholders;
  private final ApplicationConversionService conversions = conversions();
  private final Map<List<Map<String, Object>>, ChannelProperties> channels = new HashMap<>();
  private final Map<Class<?>, KnownProperties> known = new ConcurrentHashMap<>();
  private final IdentityHashMap<ChannelProperties, DispatchSettings> dispatch =
      new IdentityHashMap<>();
  private final Map<Words, RecordPrototype> bound = new ConcurrentHashMap<>();

  /**
   * What is written of a channel, of which a type reads its transport's part.
   *
   * @param texts the properties of that part which are left out, for they may differ
   */
  private record Words(Class<?> type, List<Map<String, Object>> written, Set<String> texts) {}

  StrictBinder(ConfigurableEnvironment environment) {
    this.environment = environment;
    this.placeholders =
        new PropertySourcesPlaceholdersResolver(
            environment.getPropertySources(),
            new PropertyPlaceholderHelper("${", "}", ":", '\\', false));
  }

  /** What is said beside the channels. */
  ChannelProperties.Root root() {
    return root(List.of());
  }

  /**
   * The same.
   *
   * @param without properties to pass over
   */
  ChannelProperties.Root root(Collection<ConfigurationPropertyName> without) {
    List<ConfigurationPropertySource> sources = new ArrayList<>();
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      sources.add(
          source.filter(name ->
              !CHANNELS.equals(name) && !CHANNELS.isAncestorOf(name) && !without.contains(name)));
    }
    return bind(
        sources,
        ROOT,
        ChannelProperties.Root.class,
        new BindingFailure(KnownProperties.ofRoot(), ROOT, ROOT));
  }

  /**
   * A channel's settings without those of its transport. What a thousand channels say in the same
   * words is read once.
   */
  ChannelProperties channel(WrittenChannel written, KnownProperties known) {
    List<Map<String, Object>> words = written.without(known.subtrees());
    ChannelProperties same = channels.get(words);
    if (same == null) {
      same = read(written, known);
      channels.put(words, same);
    }
    return same;
  }

  private ChannelProperties read(WrittenChannel written, KnownProperties known) {
    List<ConfigurationPropertySource> sources = new ArrayList<>();
    for (ConfigurationPropertySource source : written.sources()) {
      sources.add(source.filter(name -> !belongsToTransport(name, known.subtrees())));
    }
    return bind(
        sources, WrittenChannel.PREFIX, ChannelProperties.class, failure(written.name(), known));
  }

  /**
   * What a channel's settings mean to its dispatch; found out once for those in the same words.
   *
   * @param properties from {@link #channel}
   */
  DispatchSettings dispatch(WrittenChannel written, ChannelProperties properties) {
    DispatchSettings same = dispatch.get(properties);
    if (same == null) {
      same = DispatchRules.settings(Channels.prefix(written.name()), properties);
      dispatch.put(properties, same);
    }
    return same;
  }

  /**
   * The settings of a channel's transport; these, too, are read once if in the same words, but for
   * texts such as a url.
   */
  TransportSettings transport(WrittenChannel written, String transport) {
    return new TransportSettings() {

      private volatile @Nullable Object last;

      @Override
      public <T> T bind(Class<T> type) {
        Object known = last;
        if (!type.isInstance(known)) {
          known = StrictBinder.this.bind(written, transport, type);
          last = known;
        }
        return type.cast(known);
      }
    };
  }

  private Object bind(WrittenChannel written, String transport, Class<?> type) {
    KnownProperties properties = known(type);
    String prefix = WrittenChannel.PREFIX + "." + transport + ".";
    List<Map<String, Object>> rest = written.words(transport, properties);
    Map<String, String> texts = RecordPrototype.take(type, prefix, rest);
    Words words = new Words(type, rest, texts.keySet());
    RecordPrototype prototype =
        bound.computeIfAbsent(
            words,
            _ ->
                new RecordPrototype(
                    read(written, transport, type, properties), prefix, texts, rest));
    Object made = prototype.with(texts);
    return made == null ? read(written, transport, type, properties) : made;
  }

  private Object read(
      WrittenChannel written, String transport, Class<?> type, KnownProperties properties) {
    return bind(
        written.sources(transport, properties),
        WrittenChannel.PREFIX + "." + transport,
        type,
        failure(written.name(), properties));
  }

  private KnownProperties known(Class<?> transport) {
    return known.computeIfAbsent(transport, KnownProperties::ofTransport);
  }

  private static BindingFailure failure(String channel, KnownProperties known) {
    return new BindingFailure(
        known, WrittenChannel.PREFIX, Channels.prefix(channel).replaceFirst("[.]$", ""));
  }

  private <T> T bind(
      Iterable<ConfigurationPropertySource> sources,
      String prefix,
      Class<T> type,
      BindingFailure failure) {
    BindHandler strict =
        new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter());
    Binder binder = new Binder(sources, placeholders, conversions, StrictBinder::readPaths, strict);
    try {
      T bound = binder.bindOrCreate(prefix, Bindable.of(type));
      checkItems(sources, prefix, failure);
      return bound;
    } catch (BindException e) {
      throw failure.explain(e);
    }
  }

  /** Within items of lists the binder above passes over names that nobody reads. */
  private static void checkItems(
      Iterable<ConfigurationPropertySource> sources, String prefix, BindingFailure failure) {
    ConfigurationPropertyName root = ConfigurationPropertyName.of(prefix);
    for (ConfigurationPropertySource source : sources) {
      if (source instanceof IterableConfigurationPropertySource written) {
        written.stream()
            .filter(name -> root.isAncestorOf(name) && failure.known().isNoneOfAnItem(name))
            .findFirst()
            .ifPresent(name -> {
              throw failure.unknown(name);
            });
      }
    }
  }

  /** Of {@code channel.http.url}, everything from {@code http} on is the transport's. */
  private static boolean belongsToTransport(
      ConfigurationPropertyName name, Collection<String> transports) {
    return CHANNEL.isAncestorOf(name) && transports.contains(name.getElement(1, Form.DASHED));
  }

  private static ApplicationConversionService conversions() {
    ApplicationConversionService conversions = new ApplicationConversionService();
    conversions.addConverter(String.class, Duration.class, StrictBinder::duration);
    conversions.addConverter(
        Number.class,
        Duration.class,
        number -> {
          throw new IllegalArgumentException("a time needs a unit");
        });
    conversions.addConverter(String.class, Integer.class, StrictBinder::whole);
    conversions.addConverter(Number.class, Integer.class, number -> whole(number.toString()));
    return conversions;
  }

  /** What Spring would take for a whole number may be cut to one: 6.5 to 6, and 6 4 to 64. */
  private static int whole(String text) {
    return Integer.parseInt(text.strip());
  }

  private static Duration duration(String text) {
    if (text.strip().matches("[+-]?\\d+")) {
      throw new IllegalArgumentException("a time needs a unit");
    }
    Duration time = DurationStyle.detectAndParse(text.strip());
    if (time.abs().compareTo(DurationText.LONGEST) > 0) {
      throw new IllegalArgumentException("a time of more than a century");
    }
    return time;
  }

  /**
   * Spring's own editor would look on the class path first, where a folder of that name can be too,
   * and make of the name of the working directory none at all.
   */
  private static void readPaths(PropertyEditorRegistry editors) {
    editors.registerCustomEditor(
        Path.class,
        new PropertyEditorSupport() {
          @Override
          public void setAsText(String text) {
            setValue(Path.of(text.strip()).toAbsolutePath());
          }
        });
  }
}
