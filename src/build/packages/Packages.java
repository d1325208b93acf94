package packages;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Makes what is installed without building, for machines of this one's kind: {@code Packages.java
 * PROJECT DISTRIBUTION OUTPUT VERSION TIME}, where the output's folder has the SBOM of the jars.
 */
final class Packages {

  private Packages() {}

  public static void main(String[] args) throws Exception {
    Path project = Path.of(args[0]);
    Path output = Path.of(args[2]);
    String version = args[3];
    Instant time = Instant.parse(args[4]);

    Path home = Staging.make(Path.of(args[1]), output.resolve("stretto-" + version), time);
    Path sbom = output.resolve("stretto-" + version + ".cdx.json");
    Sbom.write(output.resolve("bom.json"), home, sbom);

    String name = "stretto-" + version + "-linux-" + Machine.java();
    Path tar = output.resolve(name + ".tar.gz");
    Path zip = output.resolve(name + ".zip");
    Tree all = new Tree(time).with("stretto-" + version, home);
    all.file("stretto-" + version + "/sbom.cdx.json", 0644, sbom);
    all.tarGz(tar);
    all.zip(zip);

    Path debian = DebianPackage.make(project, home, sbom, output, version, time);

    Path image = ContainerImage.make(home, sbom, output, version, time);

    sum(output.resolve("SHA256SUMS"), List.of(tar, zip, debian, image, sbom));
  }

  /** As {@code sha256sum --check} reads them. */
  private static void sum(Path sums, List<Path> files)
      throws IOException, GeneralSecurityException {
    List<String> lines = new ArrayList<>();
    for (Path file : files) {
      lines.add(sha256(file) + "  " + file.getFileName());
    }
    Files.write(sums, lines);
  }

  static String sha256(Path file) throws IOException, GeneralSecurityException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
