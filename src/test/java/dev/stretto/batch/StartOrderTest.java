package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.database.Database;
import dev.stretto.database.Durability;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.outbox.RunTable;
import dev.stretto.outbox.admin.ParkedMessages;
import dev.stretto.outbox.admin.RecordedMessages;
import dev.stretto.report.StartOrder;
import dev.stretto.report.StartOrder.Finding;
import dev.stretto.run.Backlog;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.RunOptions;
import dev.stretto.transport.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What real runs record suffices to prove their order, and a changed row is found. */
@OnEachDatabase
class StartOrderTest {

  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void runsThatRetryParkStopAndRedriveKeepTheirOrder() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=8", "retry.attempts=2")) {
      fixture.append(300);
      AtomicReference<ChannelRun> running = new AtomicReference<>();
      fixture.transport.script(call -> {
        if (call.message().position() == 200) {
          running.get().stop("the test said so");
        }
        return Answer.soon(outcome(call.message().position(), call.attempt()));
      });
      fixture.dispatch(RunOptions.NONE, running::set);
      fixture.transport.script(call -> Answer.soon(new Outcome.Delivered()));
      int parked = fixture.statuses().getOrDefault("PARKED", 0);
      assertThat(parked(fixture).decideAll(ParkedMessages.Decision.REDRIVE, "space"))
          .isEqualTo(parked)
          .isGreaterThan(10);
      fixture.dispatch();

      Finding finding = order(fixture).check("space", null);

      assertThat(finding).isEqualTo(new Finding("space", 300, 0, null));
      Finding first = order(fixture).check("space", 1L);
      Finding second = order(fixture).check("space", 2L);
      assertThat(first.starts() + second.starts()).isEqualTo(300);
      assertThat(first.starts()).isBetween(200L, 208L);
      assertThat(order(fixture).check("elsewhere", null).starts()).isZero();
    }
  }

  @Test
  void whatADeadRunClaimedIsCountedAsNotRecorded() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=8")) {
      fixture.append(20);
      fixture.jdbc.update(
          "insert into outbox_channel (channel, last_position, claims, claimed)"
              + " values ('space', 8, '1:1+7', 8)");

      fixture.dispatch();

      assertThat(order(fixture).check("space", null)).isEqualTo(new Finding("space", 12, 8, null));
    }
  }

  /** As where a run with a window of 700 died, and the next has a smaller one. */
  @Test
  void moreThanAPageThatWasClaimedStartsBeforeWhatIsNew() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=1")) {
      fixture.append(800);
      fixture.jdbc.update(
          "insert into outbox_channel (channel, last_position, highest_id, claims, claimed)"
              + " values ('space', 700, 700, '1:1+699', 700)");
      // As long as it takes until everything that waits is looked at again.
      Duration longer = Backlog.LOOK_BACK.plusMillis(500);
      fixture.transport.script(call ->
          call.message().position() == 1
              ? Answer.delivered(longer)
              : Answer.soon(new Outcome.Delivered()));

      fixture.dispatch();

      assertThat(fixture.transport.positions()).hasSize(800).isSorted();
    }
  }

  @Test
  void theFirstPairThatBrokeTheOrderIsNamed() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=8")) {
      fixture.append(2500);
      fixture.dispatch();
      fixture.jdbc.update(
          "update outbox_message set start_number = 2111 - start_number where position in (1100,"
              + " 1011)");
      fixture.jdbc.update("update outbox_message set start_fence = 0 where position = 1010");

      Finding finding = order(fixture).check("space", null);

      assertThat(finding.broken()).isNotNull();
      assertThat(finding.broken().earlier().position()).isEqualTo(1011);
      assertThat(finding.broken().later().position()).isEqualTo(1012);
    }
  }

  private static Outcome outcome(long position, int attempt) {
    if (position % 10 == 0) {
      return new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP 422");
    }
    return position % 7 == 0 && attempt == 1
        ? new Outcome.RetryLater(Outcome.Fault.FAILED, "HTTP 500", null)
        : new Outcome.Delivered();
  }

  private static StartOrder order(JobFixture fixture) {
    return new StartOrder(
        new RecordedMessages(fixture.jdbc), fixture.context.getBean(RunTable.class));
  }

  private static ParkedMessages parked(JobFixture fixture) {
    return new ParkedMessages(
        fixture.jdbc,
        new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class)),
        fixture.context.getBean(Durability.class));
  }
}
