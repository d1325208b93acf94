package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.NumbersBehind;
import dev.stretto.database.OnEachDatabase;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Tables of which a part was restored from a backup, or copied by somebody's SQL. */
@OnEachDatabase
class RestoredTablesTest {

  @Parameter Database vendor;
  @TempDir Path folder;

  @Test
  void positionsGoOnBehindThoseInTheTable() throws Exception {
    try (JobFixture fixture = new JobFixture(vendor, folder)) {
      fixture.append(10);
      fixture.dispatch();
      fixture.jdbc.update("update outbox_channel set last_position = 4");
      fixture.append(3);

      assertThat(fixture.dispatch().counts().delivered()).isEqualTo(3);

      assertThat(fixture.transport.positions())
          .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L);
    }
  }

  @Test
  void whatIsInFlightThoughNobodyClaimedItIsSentAgain() throws Exception {
    try (JobFixture fixture = new JobFixture(vendor, folder)) {
      fixture.append(3);
      fixture.jdbc.update(
          "update outbox_message set status = 'IN_FLIGHT', queue = 2, position = id");

      Executed result = fixture.dispatch();

      assertThat(result.resent()).isEqualTo(3);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 3));
    }
  }

  @Test
  void whatIsInFlightThoughNobodyClaimedItIsParkedWhereItMayBeSentOnce() throws Exception {
    try (JobFixture fixture = new JobFixture(vendor, folder, "on-unknown=quarantine")) {
      fixture.append(3);
      fixture.jdbc.update(
          "update outbox_message set status = 'IN_FLIGHT', queue = 2, position = id");

      assertThat(fixture.dispatch().counts().parked()).isEqualTo(3);

      assertThat(fixture.transport.calls()).isEmpty();
    }
  }

  @Test
  void whatIsHeldThoughNothingHoldsItIsSent() throws Exception {
    try (JobFixture fixture = new JobFixture(vendor, folder, "ordering=key")) {
      fixture.append(3, "a");
      fixture.jdbc.update("update outbox_message set queue = 3, position = id");
      fixture.append(1, "b");

      fixture.dispatch();

      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 4));
      assertThat(fixture.transport.positions()).hasSize(4);
    }
  }

  @Test
  void runsGoOnAboveTheFencesInTheTable() throws Exception {
    try (JobFixture fixture = new JobFixture(vendor, folder)) {
      fixture.append(1);
      fixture.dispatch();
      fixture.jdbc.update("update outbox_channel set fence = 5001");
      fixture.jdbc.update("delete from channel_lease");
      fixture.append(1);

      assertThat(fixture.dispatch().status()).isEqualTo("COMPLETED");

      assertThat(fixture.transport.calls().getLast().fence()).isEqualTo(5002);
    }
  }

  @Test
  void aSequenceThatIsBehindIsSaidWithWhatMendsIt() throws Exception {
    try (JobFixture fixture = new JobFixture(vendor, folder)) {
      fixture.append(1);
      fixture.dispatch();
      fixture.jdbc.execute("alter sequence BATCH_JOB_INSTANCE_SEQ restart with 1");
      fixture.append(1);
      // Spring Batch numbers from 0 on some databases.
      Throwable failure = catchThrowable(fixture::dispatch);
      failure = failure == null ? catchThrowable(() -> again(fixture)) : failure;

      String words = Objects.requireNonNull(NumbersBehind.words(failure));
      assertThat(words).startsWith("the numbers that batch_job_instance gives out are behind");
      fixture.jdbc.execute(mending(fixture, words));
      fixture.dispatch();

      assertThat(fixture.statuses()).containsOnlyKeys("DELIVERED");
    }
  }

  @Test
  void idsThatAreBehindAreSaidWithWhatMendsThem() throws Exception {
    if (vendor == Database.MARIADB) {
      return; // It lets no auto_increment fall behind.
    }
    try (JobFixture fixture = new JobFixture(vendor, folder)) {
      fixture.append(5);
      fixture.jdbc.execute("alter table outbox_message alter column id restart with 1");

      Throwable failure = catchThrowable(() -> fixture.append(1));

      String words = Objects.requireNonNull(NumbersBehind.words(failure));
      assertThat(words).startsWith("the numbers that outbox_message gives out are behind");
      fixture.jdbc.execute(mending(fixture, words));
      fixture.append(2);
    }
  }

  private static void again(JobFixture fixture) throws Exception {
    fixture.append(1);
    fixture.dispatch();
  }

  /** The statement that the words end with; where it takes a number only, that one's. */
  private static String mending(JobFixture fixture, String words) {
    String statement = words.substring(words.indexOf(" with: ") + 7);
    Matcher asked = Pattern.compile("<(.*)>").matcher(statement);
    return asked.find()
        ? asked.replaceAll(String.valueOf(fixture.jdbc.queryForObject(asked.group(1), Long.class)))
        : statement;
  }
}
