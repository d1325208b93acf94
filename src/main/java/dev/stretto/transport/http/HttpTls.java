package dev.stretto.transport.http;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.http.answer.AnswerText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;
import org.springframework.boot.ssl.pem.PemContent;
import org.springframework.core.NestedExceptionUtils;

/** Which certificates a channel trusts, and what it shows of itself: the JDK's way, or another. */
final class HttpTls {

  private static final String BUNDLE = "http.ssl-bundle";
  private static final String TRUST_STORE = "http.trust-store";

  private final List<Certificate> extra;
  private final @Nullable SslBundle bundle;
  private final @Nullable SSLContext context;

  /**
   * Reads what the settings name; what takes longer is left for {@link #factory}.
   *
   * @param bundles finds a bundle by its name, or throws {@link NoSuchSslBundleException}
   * @throws InvalidSettingException where it is missing or unusable, or they name both
   */
  HttpTls(HttpSettings settings, Function<String, SslBundle> bundles) {
    String name = settings.sslBundle();
    Path trustStore = settings.trustStore();
    if (name != null && trustStore != null) {
      throw new InvalidSettingException(
          BUNDLE, "can't be used with " + TRUST_STORE + "; have the bundle trust its certificates");
    }
    extra = trustStore == null ? List.of() : extra(trustStore, settings.trustStorePassword());
    try {
      bundle = name == null ? null : bundles.apply(name);
      context = bundle == null ? null : bundle.createSslContext();
    } catch (NoSuchSslBundleException e) {
      throw new InvalidSettingException(
          BUNDLE,
          "there is no bundle '%1$s'; describe it in spring.ssl.bundle.pem.%1$s or …jks.%1$s"
              .formatted(name));
    } catch (RuntimeException e) {
      Throwable root = NestedExceptionUtils.getMostSpecificCause(e);
      throw new InvalidSettingException(
          BUNDLE,
          "'"
              + name
              + "' is unusable: "
              + AnswerText.oneLine(
                  Objects.requireNonNullElse(root.getMessage(), root.getClass().getSimpleName())));
    }
  }

  /** One for a client that is about to start. */
  SslContextFactory.Client factory() throws GeneralSecurityException, IOException {
    SslContextFactory.Client factory = new SslContextFactory.Client();
    if (bundle != null) {
      factory.setSslContext(context);
      SslOptions options = bundle.getOptions();
      if (options.getEnabledProtocols() != null) {
        factory.setIncludeProtocols(options.getEnabledProtocols());
      }
      if (options.getCiphers() != null) {
        factory.setIncludeCipherSuites(options.getCiphers());
      }
    }
    if (!extra.isEmpty()) {
      factory.setTrustStore(withJdkRoots());
    }
    return factory;
  }

  /** A bundle trusts its own certificates only; this adds some to those that the JDK trusts. */
  private KeyStore withJdkRoots() throws GeneralSecurityException, IOException {
    List<Certificate> trusted = new ArrayList<>(extra);
    trusted.addAll(jdkRoots());
    KeyStore all = KeyStore.getInstance("PKCS12");
    all.load(null, null);
    for (Certificate certificate : trusted) {
      all.setCertificateEntry("trusted-" + all.size(), certificate);
    }
    return all;
  }

  private static List<Certificate> extra(Path file, @Nullable String password) {
    List<Certificate> found = read(file, password);
    if (found.isEmpty()) {
      throw new InvalidSettingException(TRUST_STORE, file + " holds no certificate");
    }
    return found;
  }

  private static List<Certificate> read(Path file, @Nullable String password) {
    try {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      if (text.contains("-----BEGIN CERTIFICATE")) {
        return List.copyOf(PemContent.of(text).getCertificates());
      }
      KeyStore store =
          Objects.requireNonNull(
              new JksSslStoreBundle(
                      null,
                      new JksSslStoreDetails("PKCS12", null, file.toUri().toString(), password))
                  .getTrustStore());
      List<Certificate> found = new ArrayList<>();
      for (String alias : Collections.list(store.aliases())) {
        Certificate certificate = store.getCertificate(alias);
        if (certificate != null) {
          found.add(certificate);
        }
      }
      return found;
    } catch (IOException
        | GeneralSecurityException
        | IllegalStateException
        | NoSuchElementException e) {
      throw new InvalidSettingException(
          TRUST_STORE,
          file
              + " can't be read ("
              + NestedExceptionUtils.getMostSpecificCause(e).getClass().getSimpleName()
              + "); it must be a PEM or PKCS12 file, the latter with http.trust-store-password");
    }
  }

  private static List<X509Certificate> jdkRoots() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    List<X509Certificate> roots = new ArrayList<>();
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        Collections.addAll(roots, x509.getAcceptedIssuers());
      }
    }
    return roots;
  }
}
