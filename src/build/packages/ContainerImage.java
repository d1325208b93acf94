package packages;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * An image as {@code docker load}, {@code podman load} and {@code skopeo} read it, made without a
 * daemon and without an image that it is based on: the C library and the shell are this machine's.
 */
final class ContainerImage {

  private static final int USER = 65532;
  private static final String HOME = "opt/stretto";
  private static final String DATA = "var/lib/stretto";

  private static final String OCI = "application/vnd.oci.image.";
  private static final Pattern LIBRARY = Pattern.compile("(/\\S+\\.so[.\\d]*) \\(0x");

  private final Tree archive;
  private final Path work;
  private final Instant time;

  private ContainerImage(Path work, Instant time) {
    this.archive = new Tree(time);
    this.work = work;
    this.time = time;
  }

  static Path make(Path home, Path sbom, Path output, String version, Instant time)
      throws Exception {
    Path work = Files.createTempDirectory(output, "image");
    ContainerImage image = new ContainerImage(work, time);
    Tree program = new Tree(time);
    for (String part : List.of("bin", "exec", "lib", "plugins", "transports", "LICENSE")) {
      program.with(HOME + "/" + part, home.resolve(part));
    }
    program.file(HOME + "/sbom.cdx.json", 0644, sbom);
    program.link(HOME + "/config", "/etc/stretto");
    program.folder("etc/stretto", 0755);
    program.folder(DATA, 0750, USER);

    List<Map<String, Object>> layers = new ArrayList<>();
    List<String> differences = new ArrayList<>();
    for (Tree layer :
        List.of(
            base(home.resolve("runtime"), time),
            new Tree(time).with(HOME + "/runtime", home.resolve("runtime")),
            program)) {
      Path plain = Files.createTempFile(work, "layer", ".tar");
      layer.tar(Files.newOutputStream(plain), "");
      differences.add("sha256:" + Packages.sha256(plain));
      Path packed = Files.createTempFile(work, "layer", ".tar.gz");
      layer.tarGz(packed);
      layers.add(image.blob(packed, OCI + "layer.v1.tar+gzip"));
    }
    Path file = output.resolve("stretto-" + version + "-image-" + Machine.debian() + ".tar");
    image.describe(version, layers, differences);
    image.archive.tar(Files.newOutputStream(file), "");
    try (Stream<Path> files = Files.list(work)) {
      for (Path done : files.toList()) {
        Files.delete(done);
      }
    }
    Files.delete(work);
    return file;
  }

  /** What the runtime's programs and libraries are linked with, and the launcher's shell. */
  private static Tree base(Path runtime, Instant time) throws Exception {
    TreeSet<String> libraries = new TreeSet<>();
    Path shell = Path.of("/bin/sh").toRealPath();
    try (Stream<Path> files = Files.walk(runtime)) {
      for (Path file :
          Stream.concat(
                  Stream.of(shell),
                  files.filter(path ->
                      path.endsWith("bin/java")
                          || path.endsWith("lib/jspawnhelper")
                          || path.toString().endsWith(".so")))
              .toList()) {
        Process ldd = new ProcessBuilder("ldd", file.toString()).start();
        String linked = new String(ldd.getInputStream().readAllBytes(), UTF_8);
        LIBRARY
            .matcher(linked)
            .results()
            .map(found -> found.group(1))
            .filter(library -> !Path.of(library).normalize().startsWith(runtime.toAbsolutePath()))
            // windows and sounds, for which a server has no use
            .filter(library -> !library.matches(".*/lib(X|asound|xcb|bsd|md).*"))
            .forEach(libraries::add);
      }
    }
    Tree base = new Tree(time);
    for (String library : libraries) {
      base.file(library.substring(1), 0755, Path.of(library));
    }
    base.file("bin/sh", 0755, shell);
    for (String holder : List.of("libc6", shell.getFileName().toString())) {
      Path copyright = Path.of("/usr/share/doc", holder, "copyright");
      if (Files.exists(copyright)) {
        base.file(copyright.toString().substring(1), 0644, copyright);
      }
    }
    base.text(
        "etc/passwd",
        0644,
        "root:x:0:0:root:/:/bin/sh\nstretto:x:%1$d:%1$d:Stretto:/%2$s:/bin/sh\n"
            .formatted(USER, DATA));
    base.text("etc/group", 0644, "root:x:0:\nstretto:x:%d:\n".formatted(USER));
    base.text("etc/nsswitch.conf", 0644, "hosts: files dns\n");
    base.folder("tmp", 01777);
    return base;
  }

  private void describe(String version, List<Map<String, Object>> layers, List<String> differences)
      throws Exception {
    Map<String, Object> config =
        blob(
            json(
                Map.of(
                    "created",
                    time.toString(),
                    "architecture",
                    Machine.debian(),
                    "os",
                    "linux",
                    "config",
                    Map.of(
                        "User",
                        USER + ":" + USER,
                        "Env",
                        List.of("PATH=/" + HOME + "/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8"),
                        "Entrypoint",
                        List.of("/" + HOME + "/bin/stretto"),
                        "WorkingDir",
                        "/" + DATA,
                        "Labels",
                        Map.of(
                            "org.opencontainers.image.title",
                            "Stretto",
                            "org.opencontainers.image.version",
                            version,
                            "org.opencontainers.image.licenses",
                            "Apache-2.0")),
                    "rootfs",
                    Map.of("type", "layers", "diff_ids", differences))),
            OCI + "config.v1+json");
    Map<String, Object> manifest =
        blob(
            json(
                Map.of(
                    "schemaVersion",
                    2,
                    "mediaType",
                    OCI + "manifest.v1+json",
                    "config",
                    config,
                    "layers",
                    layers)),
            OCI + "manifest.v1+json");
    manifest.put(
        "annotations",
        Map.of(
            "io.containerd.image.name",
            "stretto:" + version,
            "org.opencontainers.image.ref.name",
            version));
    archive.text("oci-layout", 0644, "{\"imageLayoutVersion\":\"1.0.0\"}");
    archive.text(
        "index.json",
        0644,
        text(
            Map.of(
                "schemaVersion",
                2,
                "mediaType",
                OCI + "index.v1+json",
                "manifests",
                List.of(manifest))));
    // for those who read no layout of OCI
    archive.text(
        "manifest.json",
        0644,
        text(
            List.of(
                Map.of(
                    "Config",
                    path(config),
                    "RepoTags",
                    List.of("stretto:" + version),
                    "Layers",
                    layers.stream().map(ContainerImage::path).toList()))));
  }

  /** Adds a file under its digest, and describes it. */
  private Map<String, Object> blob(Path file, String type) throws Exception {
    String digest = Packages.sha256(file);
    archive.file("blobs/sha256/" + digest, 0644, file);
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("mediaType", type);
    described.put("digest", "sha256:" + digest);
    described.put("size", Files.size(file));
    return described;
  }

  private static String path(Map<String, Object> described) {
    return "blobs/" + described.get("digest").toString().replace(':', '/');
  }

  private Path json(Object value) throws IOException {
    return Files.writeString(Files.createTempFile(work, "description", ".json"), text(value));
  }

  private static String text(Object value) {
    return JsonMapper.builder()
        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .build()
        .writeValueAsString(value);
  }
}
