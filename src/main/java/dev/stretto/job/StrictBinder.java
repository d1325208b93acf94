package dev.stretto.job;

import dev.stretto.transport.TransportSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
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
      ConfigurationPropertyName.of("stretto.channels");

  private static final String ROOT = "stretto";

  private final ConfigurableEnvironment environment;

  StrictBinder(ConfigurableEnvironment environment) {
    this.environment = environment;
  }

  ChannelProperties.Root root(Set<String> transports) {
    List<ConfigurationPropertySource> sources = new ArrayList<>();
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      sources.add(source.filter(name -> !belongsToTransport(name, transports)));
    }
    KnownProperties known = KnownProperties.ofChannel(transports);
    return bind(sources, ROOT, ChannelProperties.Root.class, new BindingFailure(known, ROOT + "."));
  }

  TransportSettings transport(String channel, String transport) {
    return new TransportSettings() {
      @Override
      public <T> T bind(Class<T> type) {
        return StrictBinder.this.bind(
            ConfigurationPropertySources.get(environment),
            Channels.prefix(channel) + transport,
            type,
            new BindingFailure(KnownProperties.ofTransport(type), Channels.prefix(channel)));
      }
    };
  }

  private <T> T bind(
      Iterable<ConfigurationPropertySource> sources,
      String prefix,
      Class<T> type,
      BindingFailure failure) {
    BindHandler strict =
        new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter());
    Binder binder =
        new Binder(
            sources,
            new PropertySourcesPlaceholdersResolver(
                environment.getPropertySources(),
                new PropertyPlaceholderHelper("${", "}", ":", '\\', false)),
            conversions(),
            null,
            strict);
    try {
      return binder.bindOrCreate(prefix, Bindable.of(type));
    } catch (BindException e) {
      throw failure.explain(e);
    }
  }

  /**
   * Of {@code stretto.channels.space.http.url}, everything from {@code http} on is the transport's.
   */
  private static boolean belongsToTransport(
      ConfigurationPropertyName name, Set<String> transports) {
    int place = CHANNELS.getNumberOfElements() + 1;
    return CHANNELS.isAncestorOf(name)
        && name.getNumberOfElements() > place
        && transports.contains(name.getElement(place, Form.DASHED));
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
    return conversions;
  }

  private static Duration duration(String text) {
    if (text.strip().matches("[+-]?\\d+")) {
      throw new IllegalArgumentException("a time needs a unit");
    }
    return DurationStyle.detectAndParse(text.strip());
  }
}
