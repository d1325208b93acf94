package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions read what is committed, whatever a server does by default. */
@OnEachDatabase
class CommittedReadsTest {

  @Parameter Database vendor;
  @TempDir Path folder;

  @Test
  void aTransactionSeesWhatOthersCommitMeanwhile() {
    FreshDatabase database = vendor.migrated(folder);
    if (vendor == Database.POSTGRESQL) {
      String name = database.url().replaceFirst(".*/", "");
      new JdbcTemplate(database.dataSource())
          .execute(
              "alter database %s set default_transaction_isolation = 'repeatable read'"
                  .formatted(name));
    }
    try (JobFixture fixture = new JobFixture(database)) {
      TransactionTemplate transaction =
          new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class));
      JdbcTemplate other = new JdbcTemplate(database.dataSource());

      List<Integer> seen =
          transaction.execute(status -> {
            int before = messages(fixture.jdbc);
            other.update("insert into outbox_message (channel, payload) values ('space', '1')");
            return List.of(before, messages(fixture.jdbc));
          });

      assertThat(seen).containsExactly(0, 1);
    }
  }

  private static int messages(JdbcTemplate jdbc) {
    return jdbc.queryForList("select id from outbox_message").size();
  }
}
