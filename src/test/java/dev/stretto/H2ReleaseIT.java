package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A release of H2 that loses commits, in place of the distribution's. */
class H2ReleaseIT {

  private static final Path OTHER = Shell.DISTRIBUTION.resolveSibling("h2-that-loses-commits");

  @TempDir private Path folder;

  @Test
  void thatLosesCommitsIsRefused() throws Exception {
    Path home = Shell.copyOfTheDistribution(folder.resolve("home"));
    Files.delete(jar(home.resolve("lib")));
    Files.copy(jar(OTHER), home.resolve("lib").resolve(jar(OTHER).getFileName()));
    try (Shell shell = new Shell(Files.createDirectory(folder.resolve("work")), home)) {
      shell.configureSpace("http://127.0.0.1:1/");

      Shell.Ran refused = shell.run("status").exited(1);

      assertThat(refused.out() + refused.err())
          .contains(
              "the database jdbc:h2:file:./data/stretto is of H2 2.5.252, which loses what was"
                  + " committed last when its process is killed: use H2 2.4.240");
    }
  }

  private static Path jar(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> jars =
          files.filter(file -> file.getFileName().toString().matches("h2-.*\\.jar")).toList();
      assertThat(jars).hasSize(1);
      return jars.getFirst();
    }
  }
}
