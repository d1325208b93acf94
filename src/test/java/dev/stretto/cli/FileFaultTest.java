package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with an H2 file is said in words, whatever the command. */
class FileFaultTest {

  @TempDir Path folder;
  private CommandLineRun stretto;

  @BeforeEach
  void setUp() {
    stretto = new CommandLineRun(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "dispatch", "runs", "verify"})
  void aFileOfSomethingElse(String command) throws IOException {
    byte[] something = new byte[20_000];
    new Random(1).nextBytes(something);
    Files.write(folder.resolve("other.mv.db"), something);

    assertFails(run("other", command), "is damaged, or is no H2 database");
  }

  @Test
  void aFileThatIsCutOff() throws IOException {
    Files.writeString(folder.resolve("short.mv.db"), "hello");

    assertFails(run("short", "status"), "is damaged, or is no H2 database");
  }

  @Test
  void aFolderInItsPlace() throws IOException {
    Files.createDirectory(folder.resolve("taken.mv.db"));

    assertFails(run("taken", "status"), "can't be a file there");
  }

  @Test
  void aFileInPlaceOfItsFolder() throws IOException {
    Files.createFile(folder.resolve("plain"));

    assertFails(run("plain/stretto", "status"), "can't be a file there");
  }

  @Test
  void aFolderWhereNobodyMayWrite() {
    Result result = stretto.with("--spring.datasource.url=jdbc:h2:file:/sys/stretto").run("status");

    assertFails(result, "may not be read or written");
  }

  private Result run(String file, String command) {
    return stretto
        .with("--spring.datasource.url=jdbc:h2:file:" + folder.resolve(file))
        .run(command);
  }

  private static void assertFails(Result result, String words) {
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).startsWith("stretto: the database ").contains(words).hasLineCount(1);
    assertThat(result.out()).isEmpty();
  }
}
