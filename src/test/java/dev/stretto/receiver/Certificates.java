package dev.stretto.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/** A self-signed certificate for 127.0.0.1, made with the JDK's keytool. */
public record Certificates(Path keyStore, Path pem, String password) {

  public static Certificates in(Path folder) throws IOException, InterruptedException {
    Certificates made =
        new Certificates(folder.resolve("server.p12"), folder.resolve("server.pem"), "changeit");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    String store = made.keyStore.toString();
    run(
        List.of(
            keytool.toString(),
            "-genkeypair",
            "-alias",
            "server",
            "-keyalg",
            "EC",
            "-dname",
            "CN=test",
            "-ext",
            "san=ip:127.0.0.1,dns:localhost",
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-keystore",
            store,
            "-storepass",
            made.password));
    run(
        List.of(
            keytool.toString(),
            "-exportcert",
            "-rfc",
            "-alias",
            "server",
            "-keystore",
            store,
            "-storepass",
            made.password,
            "-file",
            made.pem.toString()));
    if (!Files.exists(made.pem)) {
      throw new IOException("keytool made no certificate");
    }
    return made;
  }

  /** The server's key as a PEM file has it. */
  public String privateKey() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(keyStore.toFile(), password.toCharArray());
    byte[] key = store.getKey("server", password.toCharArray()).getEncoded();
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(key)
        + "\n-----END PRIVATE KEY-----\n";
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException(said);
    }
  }
}
