package dev.stretto.transport.http;

import dev.stretto.transport.InvalidSettingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Certificates trusted beside those of the JDK. */
final class TrustStore {

  private static final String PROPERTY = "http.trust-store";

  private final List<Certificate> extra;

  private TrustStore(List<Certificate> extra) {
    this.extra = extra;
  }

  /**
   * Reads the file that the settings name, or returns null where they name none.
   *
   * @throws InvalidSettingException where the file can't be read or holds no certificate
   */
  static @Nullable TrustStore of(HttpSettings settings) {
    Path file = settings.trustStore();
    if (file == null) {
      return null;
    }
    List<Certificate> found = new ArrayList<>();
    try {
      byte[] content = Files.readAllBytes(file);
      if (new String(content, StandardCharsets.ISO_8859_1).contains("-----BEGIN CERTIFICATE")) {
        found.addAll(pem(content));
      } else {
        found.addAll(pkcs12(content, settings.trustStorePassword()));
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new InvalidSettingException(
          PROPERTY,
          file
              + " can't be read ("
              + e.getClass().getSimpleName()
              + "); it must be a PEM or PKCS12 file, the latter with http.trust-store-password");
    }
    if (found.isEmpty()) {
      throw new InvalidSettingException(PROPERTY, file + " holds no certificate");
    }
    return new TrustStore(found);
  }

  private static Collection<? extends Certificate> pem(byte[] content)
      throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(content));
  }

  private static List<Certificate> pkcs12(byte[] content, @Nullable String password)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(new ByteArrayInputStream(content), password == null ? null : password.toCharArray());
    List<Certificate> found = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      Certificate certificate = store.getCertificate(alias);
      if (certificate != null) {
        found.add(certificate);
      }
    }
    return found;
  }

  /** A key store of the JDK's roots and the extra certificates. */
  KeyStore withJdkRoots() throws GeneralSecurityException, IOException {
    KeyStore all = KeyStore.getInstance("PKCS12");
    all.load(null, null);
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    int number = 0;
    for (TrustManager trusted : factory.getTrustManagers()) {
      if (trusted instanceof X509TrustManager x509) {
        for (X509Certificate root : x509.getAcceptedIssuers()) {
          all.setCertificateEntry("jdk-" + number++, root);
        }
      }
    }
    for (Certificate certificate : extra) {
      all.setCertificateEntry("extra-" + number++, certificate);
    }
    return all;
  }
}
