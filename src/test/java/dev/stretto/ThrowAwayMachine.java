package dev.stretto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A copy of this machine without any Java, in which something can be installed, and which is gone
 * with the script that ran in it. Needs root, and a kernel that has overlays. The packages are in
 * {@code /packages}, the test's files in {@code /test}; the network is this machine's.
 */
final class ThrowAwayMachine {

  static final Path PACKAGES = Path.of(System.getProperty("stretto.packages", "target/packages"));

  private static final long PATIENCE_MINUTES = 4;

  /** All that is mounted goes with the namespace. */
  private static final String MAKE =
      """
      machine=$1 packages=$2 test=$3
      mount -t tmpfs tmpfs "$machine"
      cd "$machine"
      mkdir upper work root
      mount -t overlay overlay -o "lowerdir=/,upperdir=$machine/upper,workdir=$machine/work" root
      for place in /usr/lib/jvm /opt /root /tmp; do
        mkdir -p "root$place"
        mount -t tmpfs tmpfs "root$place"
      done
      mkdir root/packages root/test
      mount --bind "$packages" root/packages
      mount --bind "$test" root/test
      mount -t proc proc root/proc
      mount --rbind /dev root/dev
      """;

  private static final String ENTER =
      """
      exec chroot root env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -ec '
        if command -v java; then echo "There is a Java here."; exit 1; fi
        cd /root
        . /test/script'
      """;

  /** An image instead: read-only but for its data and /tmp, and used by its own user. */
  private static final String ENTER_IMAGE =
      """
      mkdir image layers
      tar -C layers -xf "$packages"/stretto-*-image-*.tar
      for layer in $(sed 's/.*"Layers":\\[\\([^]]*\\)].*/\\1/; s/[",]/ /g' layers/manifest.json); do
        tar -C image -xzpf "layers/$layer"
      done
      mkdir image/proc image/dev image/test
      mount --bind image image
      mount -o remount,bind,ro image
      mount -t proc proc image/proc
      mount --rbind /dev image/dev
      mount --bind "$test" image/test
      mount -t tmpfs -o mode=1777 tmpfs image/tmp
      mount -t tmpfs -o mode=0750,uid=65532,gid=65532 tmpfs image/var/lib/stretto
      mount --bind "$test" image/etc/stretto
      exec env -i PATH=/opt/stretto/bin:/usr/bin:/bin LC_ALL=C.UTF-8 \\
        "$(command -v chroot)" --userspec=65532:65532 image /bin/sh -ec '
          cd /var/lib/stretto
          . /test/script'
      """;

  private final Path folder;

  /** With a folder for the test's files, and for the machine. */
  ThrowAwayMachine(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("machine"));
    Files.createDirectories(test());
  }

  /** Where the machine has {@code /test}. */
  Path test() {
    return folder.resolve("test");
  }

  /** Runs it as root where nothing is installed, and returns what it said. */
  String run(String script) throws Exception {
    return run(script, ENTER);
  }

  /** Runs it within the container image, whose configuration is that of the test's folder. */
  String runInImage(String script) throws Exception {
    return run(script, ENTER_IMAGE);
  }

  private String run(String script, String enter) throws Exception {
    Files.writeString(test().resolve("script"), script);
    Path output = folder.resolve("output");
    Process machine =
        new ProcessBuilder(
                "unshare",
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "sh",
                "-ec",
                MAKE + enter,
                "sh",
                folder.resolve("machine").toString(),
                PACKAGES.toAbsolutePath().toString(),
                test().toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(machine.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)).isTrue();
    } finally {
      machine.destroyForcibly().waitFor();
    }
    String said = Files.readString(output, UTF_8);
    assertThat(machine.exitValue()).as(said).isZero();
    return said;
  }
}
