package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("sets a system property")
class DatabaseOpeningTest {

  @TempDir Path folder;
  private CommandLineRun stretto;

  @BeforeEach
  void setUp() {
    stretto = new CommandLineRun(folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "${STRETTO_TEST_UNSET:}",
        "jdbc:h2:",
        "jdbc:h2:mem:",
        "jdbc:h2:mem:outbox;DB_CLOSE_DELAY=-1",
        "jdbc:h2:nioMemFS:outbox",
        "jdbc:h2:file:memFS:outbox",
        "jdbc:h2:tcp://localhost:1/mem:outbox",
      })
  void aDatabaseThatForgetsIsRefused(String url) {
    Result result =
        stretto
            .with("--spring.datasource.url=" + url)
            .run(CommandLineRun.lines("1"), "append", "--channel", "space");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("stretto: spring.datasource.url: ").hasLineCount(1);
  }

  @Test
  void aNewerSchemaIsRefused() throws SQLException {
    stretto.run("status");
    sql(
        """
        insert into stretto."stretto_schema_history"
          ("installed_rank", "version", "description", "type", "script", "checksum",
           "installed_by", "execution_time", "success")
        values (99, '99', 'from the future', 'SQL', 'V99__from_the_future.sql', 1, 'sa', 1, true)
        """);

    Result result = stretto.run("status");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err().lines())
        .singleElement()
        .asString()
        .startsWith("stretto: the database " + stretto.url())
        .contains("was migrated by a newer version of Stretto (schema 99, this version knows ");
  }

  @Test
  void aMigrationThatWasChangedIsRefused() throws SQLException {
    stretto.run("status");
    sql("update stretto.\"stretto_schema_history\" set \"checksum\" = 1 where \"version\" = '1'");

    Result result = stretto.run("status");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("made by another build of Stretto").hasLineCount(1);
  }

  @Test
  void tablesOfSomeoneElseAreLeftAlone() throws SQLException {
    sql("create schema stretto");
    sql("create table stretto.mine (id int)");

    Result result = stretto.run("status");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .contains("has tables in schema STRETTO that are not Stretto's")
        .hasLineCount(1);
  }

  @Test
  void aWrongPasswordIsSaidWithoutIt() {
    stretto.run("status");

    Result result = stretto.with("--spring.datasource.password=geheim").run("status");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .contains("refuses the user name or password")
        .doesNotContain("geheim")
        .hasLineCount(1);
  }

  @Test
  void aPasswordInTheUrlIsNotShown() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    String url = "jdbc:h2:file:" + file.resolve("below") + ";PASSWORD=geheim";

    Result result = stretto.with("--spring.datasource.url=" + url).run("status");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .contains("jdbc:h2:file:" + file.resolve("below"))
        .doesNotContain("geheim")
        .hasLineCount(1);
  }

  @Test
  void aVariableThatIsNotSetIsNamed() {
    Result result =
        stretto.with("--spring.datasource.password=${STRETTO_TEST_UNSET}").run("status");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .contains(
            "spring.datasource.password: the environment variable STRETTO_TEST_UNSET is not set")
        .hasLineCount(1);
  }

  @Test
  void brokenYamlIsNamedByFileAndLine() throws IOException {
    Path config = Files.createDirectory(folder.resolve("config"));
    Path file = Files.writeString(config.resolve("application.yaml"), "stretto:\n\tchannels: 3\n");
    System.setProperty("stretto.home", folder.toString());
    try {
      Result result = CommandLineRun.plain(new byte[0], "status");

      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err()).startsWith("stretto: " + file + ", line 2: ").hasLineCount(1);
    } finally {
      System.clearProperty("stretto.home");
    }
  }

  private void sql(String statement) throws SQLException {
    try (Connection connection = DriverManager.getConnection(stretto.url(), "sa", "");
        Statement executed = connection.createStatement()) {
      executed.execute(statement);
    }
  }
}
