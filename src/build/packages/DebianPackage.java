package packages;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;

/** The package for Debian and what comes of it, made without its tools and without being root. */
final class DebianPackage {

  private static final String PROGRAM = "usr/lib/stretto";
  private static final String DOCUMENTS = "usr/share/doc/stretto";

  private DebianPackage() {}

  static Path make(Path project, Path home, Path sbom, Path output, String version, Instant time)
      throws Exception {
    Path sources = project.resolve("src/main/packages/debian");
    Tree data = new Tree(time);
    for (String part : List.of("bin", "exec", "lib", "plugins", "runtime", "transports")) {
      data.with(PROGRAM + "/" + part, home.resolve(part));
    }
    data.link(PROGRAM + "/config", "/etc/stretto");
    for (String part :
        List.of("docs", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "config")) {
      data.with(DOCUMENTS + "/" + part, home.resolve(part));
    }
    data.file(DOCUMENTS + "/sbom.cdx.json", 0644, sbom);
    data.file(DOCUMENTS + "/copyright", 0644, sources.resolve("copyright"));
    data.file("usr/bin/stretto", 0755, sources.resolve("stretto"));
    for (String unit : List.of("stretto.service", "stretto.timer", "stretto-follow.service")) {
      data.file("usr/lib/systemd/system/" + unit, 0644, home.resolve("config/systemd/" + unit));
    }
    // it has secrets: postinst gives it to the group
    data.file("etc/stretto/application.yaml", 0640, sources.resolve("application.yaml"));
    data.folder("var/lib/stretto", 0750);
    data.folder("var/log/stretto", 0750);

    String debianVersion = version.replace("-SNAPSHOT", "~SNAPSHOT");
    Tree control = control(sources, data, debianVersion, time);
    Path file = output.resolve("stretto_" + debianVersion + "_" + Machine.debian() + ".deb");
    try (var ar = new ArArchiveOutputStream(Files.newOutputStream(file))) {
      add(ar, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII), time);
      add(ar, "control.tar.gz", tarGz(control), time);
      add(ar, "data.tar.gz", tarGz(data), time);
    }
    return file;
  }

  private static Tree control(Path sources, Tree data, String version, Instant time)
      throws Exception {
    StringBuilder sums = new StringBuilder();
    long[] size = {0};
    data.eachFile((name, bytes, content) -> {
      size[0] += (bytes + 1023) / 1024;
      MessageDigest digest = MessageDigest.getInstance("MD5"); // which dpkg --verify reads
      try (var in = content.open()) {
        digest.update(in.readAllBytes());
      }
      if (!name.startsWith("etc/")) {
        sums.append(HexFormat.of().formatHex(digest.digest())).append("  ").append(name);
        sums.append('\n');
      }
    });
    String text =
        Files.readString(sources.resolve("control"))
            .replace("${version}", version)
            .replace("${architecture}", Machine.debian())
            .replace("${size}", Long.toString(size[0]));
    Tree control = new Tree(time);
    control.text("control", 0644, text);
    control.text("conffiles", 0644, "/etc/stretto/application.yaml\n");
    control.text("md5sums", 0644, sums.toString());
    for (String script : List.of("postinst", "prerm", "postrm")) {
      control.file(script, 0755, sources.resolve(script));
    }
    return control;
  }

  private static byte[] tarGz(Tree tree) throws IOException {
    var bytes = new ByteArrayOutputStream();
    tree.tarGz(bytes, "./");
    return bytes.toByteArray();
  }

  private static void add(ArArchiveOutputStream ar, String name, byte[] content, Instant time)
      throws IOException {
    ar.putArchiveEntry(
        new ArArchiveEntry(name, content.length, 0, 0, 0100644, time.getEpochSecond()));
    ar.write(content);
    ar.closeArchiveEntry();
  }
}
