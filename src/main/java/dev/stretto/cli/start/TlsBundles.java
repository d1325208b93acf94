package dev.stretto.cli.start;

import java.util.Map;
import java.util.function.Function;
import org.springframework.boot.autoconfigure.ssl.JksSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The bundles that {@code spring.ssl.bundle} describes. Unlike those of Spring Boot's own registry,
 * they are read when a channel asks for them: no other channel has to do with one that is unusable.
 */
final class TlsBundles implements Function<String, SslBundle> {

  private final ConfigurableEnvironment environment;

  TlsBundles(ConfigurableEnvironment environment) {
    this.environment = environment;
  }

  @Override
  public SslBundle apply(String name) {
    PemSslBundleProperties pem = described("pem", PemSslBundleProperties.class).get(name);
    if (pem != null) {
      return PropertiesSslBundle.get(pem);
    }
    JksSslBundleProperties jks = described("jks", JksSslBundleProperties.class).get(name);
    if (jks != null) {
      return PropertiesSslBundle.get(jks);
    }
    throw new NoSuchSslBundleException(name, "not described");
  }

  private <T> Map<String, T> described(String kind, Class<T> type) {
    return Binder.get(environment)
        .bind("spring.ssl.bundle." + kind, Bindable.mapOf(String.class, type))
        .orElse(Map.of());
  }
}
