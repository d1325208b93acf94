package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What a command says of a server that it can't use: one line, and never the password. */
@OnEachServer
class ServerErrorsTest {

  @Parameter Database vendor;
  @TempDir Path folder;
  private FreshDatabase database;

  @BeforeEach
  void setUp() {
    database = vendor.fresh(folder);
  }

  @Test
  void aWrongPasswordIsSaidWithoutIt() {
    assertThat(refused(database.url(), "geheim"))
        .contains("refuses the user name or password")
        .contains("set spring.datasource.username and spring.datasource.password");
  }

  @Test
  void aPasswordInTheUrlIsNotShown() {
    assertThat(refused(database.url() + "?password=geheim&user=nobody", ""))
        .contains(database.url() + " refuses the user name or password");
  }

  @Test
  void aDatabaseThatDoesNotExistIsNamed() {
    assertThat(refused(database.url() + "nowhere", database.password()))
        .contains(database.url() + "nowhere does not exist on that server: create it");
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String url = database.url().replaceFirst(":\\d+/", ":" + port + "/");

    assertThat(refused(url + "?password=geheim", ""))
        .contains(url + " can't be reached (is the server up? check spring.datasource.url)");
  }

  @Test
  void aUrlThatMakesNoSenseIsRefused() {
    String url = database.url().replaceFirst(":\\d+/.*", ":port/stretto");

    assertThat(refused(url + "?password=geheim", "")).contains(url);
  }

  @Test
  void aNewerSchemaIsRefused() throws SQLException {
    new CommandLineRun(database).run("status");
    new TestDatabase(database)
        .execute(
            """
            insert into HISTORY
              (installed_rank, version, description, type, script, checksum, installed_by,
               execution_time, success)
            values (99, '99', 'from the future', 'SQL', 'V99__from_the_future.sql', 1, 'me', 1, true)
            """
                .replace("HISTORY", database.history()));

    assertThat(refused(database.url(), database.password()))
        .contains("was migrated by a newer version of Stretto (schema 99, this version knows ");
  }

  @Test
  void aMigrationThatWasChangedIsRefused() throws SQLException {
    new CommandLineRun(database).run("status");
    new TestDatabase(database)
        .execute("update " + database.history() + " set checksum = 1 where version = '1'");

    assertThat(refused(database.url(), database.password()))
        .contains("made by another build of Stretto");
  }

  @Test
  void tablesOfSomeoneElseAreLeftAlone() throws SQLException {
    if (vendor == Database.MARIADB) {
      new TestDatabase(database).execute("create table mine (id integer)");
    } else {
      new TestDatabase(database)
          .execute("create schema stretto", "create table stretto.mine (id integer)");
    }

    assertThat(refused(database.url(), database.password())).contains("that are not Stretto's");
  }

  private String refused(String url, String password) {
    CommandLineRun stretto =
        new CommandLineRun(new FreshDatabase(vendor, url, database.user(), password));
    Result result = stretto.run("status");

    assertThat(result.out()).isEmpty();
    assertThat(result.err()).hasLineCount(1).doesNotContain("geheim");
    assertThat(result.code()).isEqualTo(1);
    return result.err();
  }
}
