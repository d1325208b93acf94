package dev.stretto.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.database.Database;
import dev.stretto.database.DatabaseFault;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.database.OpenDatabase;
import dev.stretto.database.schema.SchemaDataSource;
import java.nio.file.Path;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Law 7 at its source: what a lease is, on each database. */
@OnEachDatabase
class LeasesTest {

  private static final Duration LEASE = Duration.ofSeconds(1);

  /** Of who shall not lose it, even where this process stands still for some seconds. */
  private static final Duration KEPT = Duration.ofSeconds(5);

  private static final Duration LONG = Duration.ofMinutes(10);

  @Parameter Database vendor;
  @TempDir Path folder;
  private FreshDatabase database;
  private JdbcTemplate jdbc;
  private final Queue<Leases> opened = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void createTables() throws SQLException {
    FreshDatabase fresh = vendor.migrated(folder);
    OpenDatabase opening =
        OpenDatabase.open(
            new OpenDatabase.Request(fresh.url(), fresh.user(), fresh.password(), Duration.ZERO));
    opening.close();
    database = new FreshDatabase(vendor, opening.url(), fresh.user(), fresh.password());
    jdbc = new JdbcTemplate(database.dataSource());
  }

  @AfterEach
  void closeAll() {
    opened.forEach(Leases::close);
  }

  @Test
  void eachHolderHasAHigherFenceThanTheOneBefore() throws Exception {
    Leases first = leases("first", LONG);
    Leases second = leases("second", LONG);

    Lease lease = first.acquire("space");
    first.noteRun(lease, 41);
    assertThat(lease.live()).isTrue();
    assertThat(lease.lastRun()).isNull();
    assertThat(first.holders()).isEqualTo(Map.of("space", 41L));
    first.release(lease);
    assertThat(second.holders()).isEmpty();
    Lease next = second.acquire("space");

    assertThat(next.fence()).isGreaterThan(lease.fence());
    assertThat(next.lastRun()).isEqualTo(41);
    assertThat(second.acquire("elsewhere").live()).as("another channel").isTrue();
  }

  @Test
  void theNextFenceIsAboveAllThatAnyTableKnowsOf() throws Exception {
    jdbc.update("insert into outbox_channel (channel, fence) values ('space', 5001)");
    assertThat(takenAndGivenBack()).as("channel_lease was deleted").isEqualTo(5002);

    jdbc.update("update channel_lease set fence = 17");
    assertThat(takenAndGivenBack()).as("or restored from a backup").isEqualTo(5002);

    jdbc.update("update outbox_channel set fence = 3");
    assertThat(takenAndGivenBack()).as("or the other one was").isEqualTo(5003);

    jdbc.update(
        "insert into outbox_run (channel, fence, run, ordering) values ('space',7000,1,'KEY')");
    assertThat(takenAndGivenBack()).as("or both were").isEqualTo(7001);
  }

  private long takenAndGivenBack() throws Exception {
    Leases leases = leases("first", LONG);
    Lease lease = leases.acquire("space");
    leases.release(lease);
    return lease.fence();
  }

  @Test
  void aHolderThatRenewsKeepsTheChannel() throws Exception {
    Lease lease = leases("first", KEPT).acquire("space");

    assertThatThrownBy(() -> leases("second", KEPT).acquire("space"))
        .isInstanceOf(ChannelHeldException.class)
        .hasMessageContaining("first");

    assertThat(lease.live()).isTrue();
  }

  @Test
  @Tag("slow")
  void aLeaseKnowsForAWhileWhyItWasNotRenewedFirst() throws Exception {
    Lease lease = leases("first", Duration.ofSeconds(5)).acquire("space");

    jdbc.execute("alter table channel_lease rename column expires_at to mislaid");
    Awaitility.await().until(() -> lease.failure() != null);
    jdbc.execute("alter table channel_lease rename column mislaid to expires_at");
    SQLException first = lease.failure();
    lease.notRenewed(new SQLException("something else"));
    lease.renewed(Long.MAX_VALUE);

    assertThat(String.valueOf(lease.failure()))
        .isEqualTo(String.valueOf(first))
        .containsIgnoringCase("expires_at");
  }

  @Test
  void aHolderThatDiedIsFollowedOnceItsTimeIsOver() throws Exception {
    long fence = abandon("space", LEASE, 41);

    Lease lease = leases("second", LEASE).acquire("space");

    assertThat(lease.fence()).isGreaterThan(fence);
    assertThat(lease.lastRun()).isEqualTo(41);
    assertThat(owner()).isEqualTo("second");
  }

  @Test
  void aHolderWithAFarLongerLeaseIsNotWaitedFor() throws Exception {
    leases("first", Duration.ofDays(365)).acquire("space");

    assertThatThrownBy(() -> leases("second", Duration.ofMillis(200)).acquire("space"))
        .isInstanceOf(ChannelHeldException.class)
        .hasMessageContaining("first");
  }

  @Test
  void nobodyIsInBeforeTheTimeIsOver() throws Exception {
    abandon("space", LONG, 41);
    CompletableFuture<Lease> second = acquiring(leases("second", Duration.ofSeconds(10)));
    try (Connection connection = database.connect()) {
      LeaseTable table = new LeaseTable(connection);
      LeaseTable.Row seen = table.read("space");

      assertThat(seen.held()).isTrue();
      assertThat(table.take("space", seen, "third", LONG)).isFalse();
    }
    assertThat(second).isNotDone();

    expire();

    assertThat(second.join().live()).isTrue();
    assertThat(owner()).isEqualTo("second");
  }

  @Test
  void ofTwoThatSawTheSameOneTakesIt() throws Exception {
    abandon("expired", LONG, 41);
    expire();
    try (Connection one = database.connect();
        Connection another = database.connect()) {
      for (String channel : List.of("expired", "new")) {
        LeaseTable first = new LeaseTable(one);
        LeaseTable second = new LeaseTable(another);
        LeaseTable.Row seen = first.read(channel);
        LeaseTable.Row alsoSeen = second.read(channel);

        assertThat(first.take(channel, seen, "first", LONG)).as(channel).isTrue();
        assertThat(second.take(channel, alsoSeen, "second", LONG)).as(channel).isFalse();
      }
    }
  }

  @Test
  @Tag("slow")
  void ofManyThatComeAtOnceOneGetsIt() throws Exception {
    int many = 6;
    for (String channel : List.of("new1", "new2", "new3", "expired", "free")) {
      if (channel.equals("expired")) {
        abandon(channel, LONG, 41);
        expire();
      }
      if (channel.equals("free")) {
        abandon(channel, LONG, 41);
        jdbc.update(
            "update channel_lease set owner = null, expires_at = null where owner = 'dead'");
      }
      CyclicBarrier together = new CyclicBarrier(many);
      CountDownLatch undecided = new CountDownLatch(many);
      List<CompletableFuture<String>> all = new ArrayList<>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < many; i++) {
          String run = "run " + i;
          Leases leases = leases(run, KEPT);
          all.add(
              CompletableFuture.supplyAsync(
                  () -> {
                    try {
                      leases.holders(); // connects
                      together.await();
                      Lease lease = leases.acquire(channel);
                      undecided.countDown();
                      renewUntil(undecided, lease, run);
                      return "got it";
                    } catch (ChannelHeldException e) {
                      undecided.countDown();
                      return "held";
                    } catch (Exception e) {
                      undecided.countDown();
                      return e.toString();
                    }
                  },
                  threads));
        }
      }
      assertThat(all.stream().map(CompletableFuture::join))
          .as(channel)
          .containsOnlyOnce("got it")
          .containsOnly("got it", "held");
    }
  }

  /** So often that the others soon see that its holder lives. */
  private void renewUntil(CountDownLatch over, Lease lease, String owner) throws Exception {
    try (Connection connection = database.connect()) {
      LeaseTable table = new LeaseTable(connection);
      while (!over.await(20, TimeUnit.MILLISECONDS)) {
        table.renew(List.of(new LeaseTable.Held(lease.channel(), lease.fence())), owner, KEPT);
      }
    }
  }

  @Test
  void aHolderWhoseLeaseWasTakenIsToldAndChangesNothingMore() throws Exception {
    Leases first = leases("first", LEASE);
    Lease lease = first.acquire("space");
    CompletableFuture<Void> lost = new CompletableFuture<>();
    lease.onLost(() -> lost.complete(null));

    jdbc.update("update channel_lease set fence = fence + 1, owner = 'second', run = 42");

    assertThat(lost).succeedsWithin(Duration.ofMinutes(1));
    assertThat(lease.live()).isFalse();
    first.noteRun(lease, 41);
    first.release(lease);
    assertThat(owner()).isEqualTo("second");
    assertThat(jdbc.queryForObject("select run from channel_lease", Long.class)).isEqualTo(42);
    try (Connection connection = database.connect()) {
      LeaseTable table = new LeaseTable(connection);
      assertThat(table.renew(List.of(new LeaseTable.Held("space", lease.fence())), "first", LONG))
          .containsExactly(false);
      table.release("space", lease.fence(), "first");
      table.release("space", lease.fence() + 1, "first");
    }
    assertThat(owner()).isEqualTo("second");
  }

  @Test
  void manyLeasesAreRenewedTogetherAndOneThatIsLostIsLostAlone() throws Exception {
    Leases leases = leases("first", KEPT);
    List<Lease> held = new ArrayList<>();
    for (int number = 0; number < 100; number++) {
      held.add(leases.acquire("space" + number));
    }
    CompletableFuture<Void> lost = new CompletableFuture<>();
    held.get(7).onLost(() -> lost.complete(null));
    String before = expiry("space99");

    jdbc.update("update channel_lease set fence = fence + 1 where channel = 'space7'");

    assertThat(lost).succeedsWithin(Duration.ofMinutes(1));
    Awaitility.await().until(() -> !expiry("space99").equals(before));
    assertThat(held).filteredOn(lease -> !lease.live()).containsExactly(held.get(7));
  }

  /** A thousand channels that each wait for their turn here had the leases of the first run out. */
  @Test
  void onceItIsTimeWhoeverComesNextRenewsBeforeAnythingElse() throws Exception {
    AtomicLong later = new AtomicLong();
    Leases leases =
        leases(database.dataSource(), "first", LONG, () -> System.nanoTime() + later.get());
    Lease first = leases.acquire("space");
    assertThat(leases.renewals()).isZero();

    later.addAndGet(LONG.dividedBy(5).toNanos());
    Lease second = leases.acquire("elsewhere");
    assertThat(leases.renewals()).isEqualTo(1);
    later.addAndGet(LONG.dividedBy(5).toNanos());
    leases.noteRun(first, 41);
    assertThat(leases.renewals()).isEqualTo(2);
    later.addAndGet(LONG.dividedBy(5).toNanos());
    leases.release(second);
    assertThat(leases.renewals()).isEqualTo(3);
  }

  /** As MariaDB's does with useBulkStmts, where several rows are changed. */
  @Test
  void aDriverThatDoesNotTellWhatABatchChangedKeepsNoLostLeaseAlive() throws Exception {
    String url = database.url();
    String bulk = (url.contains("?") ? "&" : "?") + "useBulkStmts=true";
    try (Connection connection =
        new FreshDatabase(
                vendor,
                vendor == Database.MARIADB ? url + bulk : url,
                database.user(),
                database.password())
            .connect()) {
      LeaseTable table = new LeaseTable(connection);
      List<LeaseTable.Held> held = new ArrayList<>();
      for (int number = 0; number < 3; number++) {
        String channel = "space" + number;
        LeaseTable.Row row = table.read(channel);
        assertThat(table.take(channel, row, "first", LONG)).isTrue();
        held.add(new LeaseTable.Held(channel, row.nextFence()));
      }
      jdbc.update("update channel_lease set fence = fence + 1 where channel = 'space1'");

      assertThat(table.renew(held, "first", LONG)).containsExactly(true, false, true);
    }
  }

  @Test
  void aLostConnectionCostsNoLease() throws Exception {
    Queue<Connection> connections = new ConcurrentLinkedQueue<>();
    Leases leases = leases(noting(connections), "first", KEPT);
    Lease lease = leases.acquire("space");
    connections.element().close();
    String before = expiry();

    Awaitility.await().until(() -> !expiry().equals(before));

    assertThat(lease.live()).isTrue();
    assertThat(connections).hasSize(2);
  }

  @Test
  void aConnectionLostBetweenTwoUsesIsOpenedAgain() throws Exception {
    Queue<Connection> connections = new ConcurrentLinkedQueue<>();
    AtomicLong clock = new AtomicLong();
    Leases leases = leases(noting(connections), "first", LONG, clock::get);
    leases.release(leases.acquire("space"));
    connections.element().close();
    clock.addAndGet(Duration.ofMillis(50).toNanos());

    assertThat(leases.acquire("elsewhere").live()).isTrue();

    assertThat(connections).hasSize(2);
  }

  private DataSource noting(Queue<Connection> connections) {
    return new SchemaDataSource(
        new DriverManagerDataSource(database.url(), database.user(), database.password()) {
          @Override
          public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            connections.add(connection);
            return connection;
          }
        },
        null);
  }

  @Test
  void wordToStopReachesTheRunItIsFor() throws Exception {
    Leases leases = leases("first", LONG);
    Leases other = leases("second", LONG);
    assertThat(other.askToStop("space", 41)).as("never held").isFalse();
    Lease lease = leases.acquire("space");
    leases.noteRun(lease, 41);
    CompletableFuture<Void> asked = new CompletableFuture<>();
    lease.onStopAsked(() -> asked.complete(null));

    assertThat(other.askToStop("space", 40)).as("an earlier run").isFalse();
    assertThat(other.askToStop("space", 41)).isTrue();
    asked.join();
    leases.release(lease);

    assertThat(other.askToStop("space", 41)).as("held no more").isFalse();
    Lease next = leases.acquire("space");
    leases.noteRun(next, 42);
    try (Connection connection = database.connect()) {
      assertThat(new LeaseTable(connection).words())
          .as("it was for an earlier run")
          .doesNotContainEntry(
              new LeaseTable.Held("space", next.fence()), new LeaseTable.Word(42L, null));
    }
  }

  @Test
  void aPauseReachesTheHolderAndKeepsEveryOtherFromTheChannel() throws Exception {
    Leases leases = leases("first", LONG);
    Pauses pauses = new Pauses(jdbc);
    Lease lease = leases.acquire("space");
    CompletableFuture<Pause> told = new CompletableFuture<>();
    lease.onPaused(told::complete);

    assertThat(pauses.pause("space", "ann@host", "their release")).isTrue();
    assertThat(pauses.pause("elsewhere", "ann@host", null)).as("never leased").isTrue();

    assertThat(told.join()).isEqualTo(pauses.of("space"));
    assertThat(lease.live()).as("what is under way is finished").isTrue();
    CompletableFuture<Pause> toldLater = new CompletableFuture<>();
    lease.onPaused(toldLater::complete);
    assertThat(toldLater).as("whoever asks later").isCompleted();
    leases.release(lease);
    for (String channel : List.of("space", "elsewhere")) {
      assertThatThrownBy(() -> leases.acquire(channel))
          .isInstanceOf(ChannelPausedException.class)
          .hasMessageContaining("by ann@host");
    }

    assertThat(pauses.resume("space")).isTrue();
    assertThat(pauses.resume("space")).as("twice").isFalse();
    assertThat(leases.acquire("space").live()).isTrue();
  }

  @Test
  void aChannelThatIsPausedBetweenTheLookAndTheTakingIsNotTaken() throws Exception {
    try (Connection connection = database.connect()) {
      LeaseTable table = new LeaseTable(connection);
      LeaseTable.Row seen = table.read("space");
      new Pauses(jdbc).pause("space", "ann@host", null);

      assertThat(table.take("space", seen, "first", LONG)).isFalse();
    }
  }

  @Test
  @Tag("slow")
  void aRowThatAnotherSessionKeepsIsNotWaitedForLongerThanALease() throws Exception {
    abandon("space", LONG, 41);
    expire();
    try (Connection other = database.connect()) {
      other.setAutoCommit(false);
      try (Statement statement = other.createStatement()) {
        statement.execute("select * from channel_lease for update");
      }

      CompletableFuture<Lease> acquired = acquiring(leases("second", LEASE));

      assertThatThrownBy(() -> acquired.get(1, TimeUnit.MINUTES))
          .cause()
          .satisfies(failure ->
              assertThat(DatabaseFault.of(failure))
                  .isIn(DatabaseFault.CONNECTION_LOST, DatabaseFault.LOCK_TIMEOUT));
      other.rollback();
    }
    assertThat(leases("third", LEASE).acquire("space").live()).isTrue();
  }

  /** A batch's failure hides what the database said, such as that its disk is full. */
  @Test
  @Tag("slow")
  void whyALeaseWasNotRenewedIsWhatTheDatabaseSaid() throws Exception {
    Lease lease = leases("first", LEASE).acquire("space");
    try (Connection other = database.connect()) {
      other.setAutoCommit(false);
      try (Statement statement = other.createStatement()) {
        statement.execute("select * from channel_lease for update");
      }

      Awaitility.await().until(() -> lease.failure() != null);

      assertThat((Throwable) lease.failure()).isNotInstanceOf(BatchUpdateException.class);
      other.rollback();
    }
  }

  @Test
  void whatNeverHeldAChannelIsDeadOnceItWasSeenAnHourAgo() throws Exception {
    Leases leases = leases("first", LONG);
    Lease lease = leases.acquire("space");

    assertThat(leases.deadUpTo(lease, null)).isZero();
    assertThat(leases.deadUpTo(lease, 41L)).as("seen for the first time").isZero();
    unheldSince("59");
    assertThat(leases.deadUpTo(lease, 42L)).as("not an hour ago").isZero();
    assertThat(unheld()).containsExactly(41L);
    unheldSince("61");
    assertThat(leases.deadUpTo(lease, 42L)).isEqualTo(41);
    assertThat(unheld()).as("seen now").containsExactly(42L);
    assertThat(leases.deadUpTo(lease, 42L)).as("just seen").isZero();
    unheldSince("61");
    assertThat(leases.deadUpTo(lease, 42L)).isEqualTo(42);
    assertThat(unheld()).as("none is left").containsOnlyNulls();
    assertThat(leases.deadUpTo(lease, 43L)).isZero();
    assertThat(leases.deadUpTo(lease, null)).isZero();
    assertThat(unheld()).as("it has ended").containsOnlyNulls();
  }

  @Test
  void whatNeverHeldAChannelMayWaitForLongLeases() throws Exception {
    Leases leases = leases("first", Duration.ofMinutes(30));
    Lease lease = leases.acquire("space");

    leases.deadUpTo(lease, 41L);
    unheldSince("119");
    assertThat(leases.deadUpTo(lease, 41L)).isZero();
    unheldSince("121");
    assertThat(leases.deadUpTo(lease, 41L)).isEqualTo(41);
  }

  private void unheldSince(String minutes) {
    jdbc.update(
        "update channel_lease set unheld_at = current_timestamp(3) - interval '%s' minute"
            .formatted(minutes));
  }

  private List<@Nullable Long> unheld() {
    return jdbc.queryForList("select unheld_run from channel_lease", Long.class);
  }

  private Leases leases(String owner, Duration duration) {
    return leases(database.dataSource(), owner, duration);
  }

  private Leases leases(DataSource dataSource, String owner, Duration duration) {
    return leases(dataSource, owner, duration, System::nanoTime);
  }

  private Leases leases(
      DataSource dataSource, String owner, Duration duration, LongSupplier nanos) {
    Leases leases = new Leases(dataSource, duration, owner, nanos);
    opened.add(leases);
    return leases;
  }

  private static CompletableFuture<Lease> acquiring(Leases leases) {
    CompletableFuture<Lease> acquired = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(() -> {
          try {
            acquired.complete(leases.acquire("space"));
          } catch (Exception e) {
            acquired.completeExceptionally(e);
          }
        });
    return acquired;
  }

  /** Takes a lease that nobody renews. */
  private long abandon(String channel, Duration duration, long run) throws SQLException {
    try (Connection connection = database.connect()) {
      LeaseTable table = new LeaseTable(connection);
      LeaseTable.Row row = table.read(channel);
      assertThat(table.take(channel, row, "dead", duration)).isTrue();
      table.noteRun(channel, row.fence() + 1, "dead", run);
      return row.fence() + 1;
    }
  }

  /** Puts the expiry of what nobody renews into the past. */
  private void expire() {
    jdbc.update(
        "update channel_lease set expires_at = %s where owner = 'dead'"
            .formatted(vendor.in2026("0")));
  }

  private String owner() {
    return String.valueOf(
        jdbc.queryForObject(
            "select owner from channel_lease where channel = 'space'", String.class));
  }

  private String expiry() {
    return expiry("space");
  }

  private String expiry(String channel) {
    return String.valueOf(
        jdbc.queryForObject(
            "select expires_at from channel_lease where channel = ?", String.class, channel));
  }
}
