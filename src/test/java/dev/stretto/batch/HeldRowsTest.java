package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.dispatch.Stop;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** A session, such as that of a person, that keeps rows locked. */
@OnEachDatabase
class HeldRowsTest {

  @Parameter Database vendor;
  @TempDir Path folder;

  @Test
  @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
  void aChannelThatAnotherSessionHoldsIsTriedAgainLater() throws Exception {
    try (JobFixture fixture = new JobFixture(vendor, folder, "window=4", "stretto.lease=2s")) {
      fixture.append(3);
      fixture.jdbc.update("insert into outbox_channel (channel) values ('space')");
      try (Connection other = fixture.connect();
          Statement statement = other.createStatement()) {
        other.setAutoCommit(false);
        statement.execute("select * from outbox_channel for update");

        Executed result = fixture.dispatch();

        assertThat(result.stop())
            .extracting(Stop::reason)
            .isEqualTo(Stop.Reason.DATABASE_UNAVAILABLE);
        assertThat(result.stop()).extracting(Stop::text).asString().contains("another session");
        assertThat(fixture.transport.calls()).isEmpty();
        other.rollback();
      }
      assertThat(fixture.dispatch().counts().delivered()).isEqualTo(3);
    }
  }
}
