package dev.stretto.settings;

import dev.stretto.transport.TransportSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
 * refused.
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
  private final Map<Words, Object> bound = new ConcurrentHashMap<>();

  /** What is written of a channel, of which a type reads its transport's part. */
  private record Words(Class<?> type, List<Map<String, Object>> written) {}

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

  /** The settings of a channel's transport; these, too, are read once if in the same words. */
  TransportSettings transport(WrittenChannel written, String transport) {
    return new TransportSettings() {
      @Override
      public <T> T bind(Class<T> type) {
        KnownProperties known = known(type);
        Words words = new Words(type, written.words(transport, known));
        return type.cast(bound.computeIfAbsent(words, _ -> read(type, known)));
      }

      private <T> T read(Class<T> type, KnownProperties known) {
        return StrictBinder.this.bind(
            written.sources(transport, known),
            WrittenChannel.PREFIX + "." + transport,
            type,
            failure(written.name(), known));
      }
    };
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
    Binder binder = new Binder(sources, placeholders, conversions, null, strict);
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
    return DurationStyle.detectAndParse(text.strip());
  }
}
