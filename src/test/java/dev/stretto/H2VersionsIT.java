package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.receiver.Receiver.Totals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One file, which the distribution's H2 and the older one of Spring Boot's applications use in
 * turns and, through the server of whichever has it open, at once.
 */
@Tag("slow")
class H2VersionsIT {

  private static final Path OF_SPRING_BOOT = Shell.DISTRIBUTION.resolveSibling("h2-of-spring-boot");

  @TempDir private Path folder;
  private Path older;

  @BeforeEach
  void exchangeTheJar() throws Exception {
    older = Shell.copyOfTheDistribution(folder.resolve("older"));
    Files.delete(jar(older.resolve("lib")));
    Path jar = jar(OF_SPRING_BOOT);
    Files.copy(jar, older.resolve("lib").resolve(jar.getFileName()));
    assertThat(jar.getFileName())
        .isNotEqualTo(jar(Shell.DISTRIBUTION.resolve("lib")).getFileName());
  }

  @Test
  void whatTheOlderAppendsTheNewerSends() throws Exception {
    appendAndSend(older, Shell.DISTRIBUTION);
  }

  @Test
  void whatTheNewerAppendsTheOlderSends() throws Exception {
    appendAndSend(Shell.DISTRIBUTION, older);
  }

  private void appendAndSend(Path appending, Path sending) throws Exception {
    FreshDatabase file = Database.H2.fresh(folder);
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "500");
        Shell producer = new Shell(Files.createDirectory(folder.resolve("a")), appending).on(file);
        Shell sender = new Shell(Files.createDirectory(folder.resolve("b")), sending).on(file)) {
      producer.configureSpace(receiver.url(), "window: 2");
      sender.configureSpace(receiver.url(), "window: 2");
      producer.append(1, 400);

      Shell.Running run = sender.start("dispatch", "--channel", "space", "--json");
      receiver.awaitCount(1, run);
      producer.append(401, 10);
      receiver.answerAtOnce();
      assertThat(run.await().exited(0).json().path("delivered").asInt()).isEqualTo(410);

      producer.run("verify").exited(0);
      Totals totals = receiver.totals();
      assertThat(totals.distinct()).isEqualTo(410);
      assertThat(totals.duplicates()).isZero();
      assertThat(totals.inversions()).isZero();
      assertThat(sender.statuses()).isEqualTo(Map.of("DELIVERED", 410));
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
