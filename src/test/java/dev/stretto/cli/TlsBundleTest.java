package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.receiver.Certificates;
import dev.stretto.receiver.Receiver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS as Spring Boot describes it, for a destination that wants to see a certificate. */
@Tag("slow")
class TlsBundleTest {

  private static final String PEM = "--spring.ssl.bundle.pem.partner.";
  private static final String JKS = "--spring.ssl.bundle.jks.partner.";

  @TempDir private Path folder;
  private Certificates certificates;
  private Receiver receiver;
  private CommandLineRun stretto;

  @BeforeEach
  void setUp() throws Exception {
    certificates = Certificates.in(folder);
    receiver =
        new Receiver(
            new Receiver.Options(
                0,
                Receiver.constant(Duration.ZERO),
                100,
                new Receiver.Tls(certificates.keyStore(), certificates.password(), true),
                Map.of()));
    stretto =
        new CommandLineRun(folder)
            .with("--stretto.channels.space.http.url=https://127.0.0.1:" + receiver.port() + "/")
            .with("--stretto.channels.space.http.ssl-bundle=partner");
    stretto.run(CommandLineRun.lines("1", "2"), "append", "--channel", "space");
  }

  @AfterEach
  void tearDown() {
    receiver.close();
  }

  @Test
  void itsClientCertificateIsShownAndItsAuthoritiesAreTrusted() {
    stretto
        .with(JKS + "keystore.location=" + certificates.keyStore())
        .with(JKS + "keystore.password=" + certificates.password())
        .with(JKS + "keystore.type=PKCS12")
        .with(JKS + "truststore.location=" + certificates.keyStore())
        .with(JKS + "truststore.password=" + certificates.password())
        .with(JKS + "truststore.type=PKCS12");

    Result dispatch = stretto.run("dispatch");

    assertThat(dispatch.code()).as(dispatch.err()).isZero();
    assertThat(receiver.totals().distinct()).isEqualTo(2);
  }

  /** The example of the document, with files of this test's. */
  @Test
  void aDocumentedBundleOfPemFilesDoesTheSame() throws Exception {
    String document = Files.readString(Path.of("src/docs/configuration.md"), UTF_8);
    Matcher example =
        Pattern.compile("```yaml\n(spring\\.ssl.*?)```", Pattern.DOTALL).matcher(document);
    assertThat(example.find()).isTrue();
    Files.copy(certificates.pem(), folder.resolve("partner-ca.pem"));
    Files.copy(certificates.pem(), folder.resolve("client.pem"));
    Files.writeString(folder.resolve("client.key"), certificates.privateKey());
    stretto.withYaml(example.group(1).replace("/etc/stretto/", folder + "/"));

    Result dispatch = stretto.run("dispatch");

    assertThat(dispatch.code()).as(dispatch.err()).isZero();
    assertThat(receiver.totals().distinct()).isEqualTo(2);
  }

  @Test
  void withoutAClientCertificateTheDestinationIsUnavailable() {
    stretto
        .with(PEM + "truststore.certificate=" + certificates.pem())
        .with("--stretto.channels.space.unavailable.patience=0s");

    Result dispatch = stretto.run("dispatch");

    assertThat(dispatch.code()).as(dispatch.err()).isEqualTo(75);
    assertThat(dispatch.out()).contains("space: 0 delivered");
    assertThat(receiver.totals().count()).isZero();
  }

  @Test
  void aBundleThatIsNotDescribedIsNamed() {
    refuses("http.ssl-bundle: there is no bundle 'partner'; describe it in spring.ssl.bundle.pem");
  }

  @Test
  void aBundleThatCantBeReadIsNamed() throws Exception {
    Path nothing = Files.writeString(folder.resolve("nothing.pem"), "nothing");
    stretto.with(PEM + "truststore.certificate=" + nothing);

    refuses("http.ssl-bundle: 'partner' is unusable: ");
  }

  @Test
  void aWrongPasswordIsNotRepeated() {
    stretto
        .with(JKS + "truststore.location=" + certificates.keyStore())
        .with(JKS + "truststore.type=PKCS12")
        .with(JKS + "truststore.password=s3cret");

    refuses("http.ssl-bundle: 'partner' is unusable: ");
  }

  @Test
  void aTrustStoreBesideABundleIsRefused() {
    stretto
        .with(PEM + "truststore.certificate=" + certificates.pem())
        .with("--stretto.channels.space.http.trust-store=" + certificates.pem());

    refuses("http.ssl-bundle: can't be used with http.trust-store");
  }

  private void refuses(String fault) {
    Result dispatch = stretto.run("dispatch");

    assertThat(dispatch.code()).isEqualTo(2);
    assertThat(dispatch.err()).contains(fault).doesNotContain("s3cret");
    assertThat(receiver.totals().count()).isZero();
  }
}
