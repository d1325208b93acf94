package dev.stretto.database;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

class SharedCommitsTest {

  private static final int CHANNELS = 10;

  @TempDir private Path folder;

  private JdbcTemplate jdbc;
  private SlowCommits slow;
  private SharedCommits commits;

  /** In which transaction each did its work last. */
  private final Map<Integer, String> transactions = new ConcurrentHashMap<>();

  @BeforeEach
  void open() {
    FreshDatabase fresh = Database.H2.migrated(folder);
    DataSource database = fresh.dataSource();
    jdbc = new JdbcTemplate(database);
    jdbc.execute("create table done (channel int)");
    slow = new SlowCommits(database);
    commits = new SharedCommits(new TransactionTemplate(slow));
  }

  /** No transaction begins beside another, and each waits for as long as the one before took. */
  private void patiently() {
    Duration hour = Duration.ofHours(1);
    commits = new SharedCommits(new TransactionTemplate(slow), hour, hour);
  }

  /** Takes so long that whoever was told before would see nothing. */
  private static final class SlowCommits extends JdbcTransactionManager {

    private final AtomicInteger count = new AtomicInteger();

    SlowCommits(DataSource database) {
      super(database);
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
      count.incrementAndGet();
      LockSupport.parkNanos(100_000_000);
      super.doCommit(status);
    }
  }

  @Test
  void whatIsReadyMeanwhileIsCommittedTogether() throws Exception {
    for (FutureTask<Boolean> each : whileOthersCommit(this::work)) {
      assertThat(each.get()).as("its row is there when commit returns").isTrue();
    }

    assertThat(done()).hasSize(CHANNELS);
    assertThat(transactions).hasSize(CHANNELS);
    // By the two that were held up until all had come.
    assertThat(transactions.values().stream().distinct()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void oneThatFailsIsUndoneAndTheOthersAreNot() throws Exception {
    List<FutureTask<Boolean>> all =
        whileOthersCommit(channel -> {
          work(channel);
          if (channel == 3) {
            throw new IllegalArgumentException("channel 3");
          }
        });

    onlyChannel3Fails(all);
    assertThat(done()).hasSize(CHANNELS - 1).doesNotContain(3).doesNotHaveDuplicates();
  }

  /** Done again it could be done twice. */
  @Test
  void whereNobodyKnowsWhetherItWasCommittedAllAreTold() throws Exception {
    List<FutureTask<Boolean>> all =
        whileOthersCommit(channel -> {
          work(channel);
          throw new DataAccessResourceFailureException("gone", new SQLException("gone", "08006"));
        });

    for (FutureTask<Boolean> each : all) {
      assertThatThrownBy(each::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(DataAccessResourceFailureException.class);
    }
    assertThat(transactions.values().stream().distinct()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void anErrorReachesEveryoneWhoWaits() throws Exception {
    List<FutureTask<Boolean>> all =
        whileOthersCommit(channel -> {
          throw new StackOverflowError();
        });

    for (FutureTask<Boolean> each : all) {
      assertThatThrownBy(each::get).hasCauseInstanceOf(StackOverflowError.class);
    }
  }

  @Test
  void whatCanBeDoneTogetherIsDoneAtOnce() throws Exception {
    List<List<Integer>> runs = new CopyOnWriteArrayList<>();
    Together<Integer> together =
        together(
            false,
            channels -> {
              runs.add(channels);
              channels.forEach(this::work);
            });

    List<FutureTask<Boolean>> all =
        eachWhileOthersCommit(channel -> commits.commitOne(together, channel));

    for (FutureTask<Boolean> each : all) {
      assertThat(each.get()).as("its row is there when commit returns").isTrue();
    }
    assertThat(done()).hasSize(CHANNELS).doesNotHaveDuplicates();
    assertThat(runs).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void oneStatementNeedsNoTransaction() throws Exception {
    assertThat(inTransactions(true, false)).isNotEmpty().containsOnly(false);
    assertThat(inTransactions(true, true)).as("with others beside").contains(true);
    assertThat(inTransactions(false, false)).as("several statements").contains(true);
  }

  /** Whether those that were done with others were done in a transaction. */
  private List<Boolean> inTransactions(boolean oneStatement, boolean beside) throws Exception {
    List<Boolean> inTransactions = new CopyOnWriteArrayList<>();
    Together<Integer> together =
        together(
            oneStatement,
            channels -> {
              if (channels.size() > 1) {
                inTransactions.add(TransactionSynchronizationManager.isActualTransactionActive());
              }
              channels.forEach(this::insert);
            });
    List<FutureTask<Boolean>> all =
        eachWhileOthersCommit(channel -> {
          if (beside && channel % 2 == 0) {
            commits.commit(() -> insert(channel));
          } else {
            commits.commitOne(together, channel);
          }
        });
    for (FutureTask<Boolean> each : all) {
      each.get();
    }
    return inTransactions;
  }

  private static Together<Integer> together(boolean oneStatement, Consumer<List<Integer>> run) {
    return new Together<>() {
      @Override
      public void run(List<Integer> channels) {
        run.accept(channels);
      }

      @Override
      public boolean isOneStatement() {
        return oneStatement;
      }
    };
  }

  @Test
  void ofThoseDoneTogetherOnlyTheOneAtFaultFails() throws Exception {
    Together<Integer> together =
        together(
            false,
            channels -> {
              channels.forEach(this::insert);
              if (channels.contains(3)) {
                throw new IllegalArgumentException("channel 3");
              }
            });

    List<FutureTask<Boolean>> all =
        eachWhileOthersCommit(channel -> {
          if (channel % 2 == 0) {
            commits.commit(() -> work(channel));
          } else {
            commits.commitOne(together, channel);
          }
        });

    onlyChannel3Fails(all);
    assertThat(done()).doesNotHaveDuplicates().contains(0, 1, 2, 4, 5, 6, 7, 8, 9);
  }

  /** Who came first of all would else commit alone, and the others together, in turns. */
  @Test
  void whoComesAgainSoonIsCommittedWithTheOthers() throws Exception {
    patiently();
    int rounds = 8;
    List<Thread> channels = new ArrayList<>();
    for (int channel = 0; channel < 4; channel++) {
      int number = channel;
      channels.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int round = 0; round < rounds; round++) {
                  commits.commit(() -> work(number));
                  // As until the next answer.
                  LockSupport.parkNanos(10_000_000);
                }
              }));
    }
    for (Thread channel : channels) {
      channel.join();
    }

    assertThat(done()).hasSize(4 * rounds);
    assertThat(slow.count).hasValueLessThan(2 * rounds - 2);
  }

  @Test
  void oneThatCommitsAloneIsNotHeldBack() throws Exception {
    patiently();
    int rounds = 4;
    AtomicLong parked = new AtomicLong();
    Thread only =
        Thread.ofPlatform()
            .start(() -> {
              commits.commit(() -> work(1));
              long before = timesParked(Thread.currentThread());
              for (int round = 0; round < rounds; round++) {
                commits.commit(() -> work(1));
              }
              parked.set(timesParked(Thread.currentThread()) - before);
            });
    only.join();

    assertThat(slow.count).hasValue(1 + rounds);
    assertThat(parked).as("by the slow commits alone").hasValue(rounds);
  }

  /** It would lead nothing, again and again, for as long as the commit takes. */
  @Test
  void whoWaitsForAnotherToCommitItsWorkLeavesTheProcessorAlone() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(1);
    List<FutureTask<Boolean>> holders = new ArrayList<>();
    for (int holder = 0; holder < SharedCommits.AT_ONCE; holder++) {
      holders.add(holding(holder == 0 ? first : others));
    }
    CountDownLatch committing = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    FutureTask<Boolean> leader = start(() -> hold(committing, commit), () -> true);
    await().until(() -> commits.waiting() == 1);
    Thread follower = Thread.ofPlatform().start(() -> commits.commit(() -> work(1)));
    await().until(() -> commits.waiting() == 2);
    first.countDown();
    committing.await();
    // From now on there is a place to lead, and nothing that waits.
    others.countDown();
    for (FutureTask<Boolean> holder : holders) {
      assertThat(holder.get()).isTrue();
    }

    long before = timesParked(follower);
    LockSupport.unpark(follower);

    await().until(() -> timesParked(follower) > before);
    commit.countDown();
    assertThat(leader.get()).isTrue();
    follower.join();
    assertThat(done()).containsExactly(1);
  }

  private static long timesParked(Thread thread) {
    return ManagementFactory.getThreadMXBean().getThreadInfo(thread.threadId()).getWaitedCount();
  }

  private static void onlyChannel3Fails(List<FutureTask<Boolean>> all) throws Exception {
    for (int channel = 0; channel < CHANNELS; channel++) {
      FutureTask<Boolean> each = all.get(channel);
      if (channel == 3) {
        assertThatThrownBy(each::get).hasCauseInstanceOf(IllegalArgumentException.class);
      } else {
        assertThat(each.get()).isTrue();
      }
    }
  }

  private interface Work {
    void of(int channel);
  }

  private void insert(int channel) {
    jdbc.update("insert into done values (?)", channel);
  }

  private void work(int channel) {
    insert(channel);
    transactions.put(
        channel,
        Objects.requireNonNull(jdbc.queryForObject("select transaction_id()", String.class)));
  }

  private List<Integer> done() {
    return jdbc.query("select channel from done", (row, number) -> row.getInt(1));
  }

  /** Has work of each channel come while as many as commit at once are held up. */
  private List<FutureTask<Boolean>> whileOthersCommit(Work work) throws Exception {
    return eachWhileOthersCommit(channel -> commits.commit(() -> work.of(channel)));
  }

  /** The same of what commits work. */
  private List<FutureTask<Boolean>> eachWhileOthersCommit(Work commit) throws Exception {
    CountDownLatch letGo = new CountDownLatch(1);
    List<FutureTask<Boolean>> holders = new ArrayList<>();
    for (int holder = 0; holder < SharedCommits.AT_ONCE; holder++) {
      holders.add(holding(letGo));
    }
    List<FutureTask<Boolean>> all = new ArrayList<>();
    for (int channel = 0; channel < CHANNELS; channel++) {
      int number = channel;
      all.add(started(() -> commit.of(number), () -> done().contains(number)));
    }
    await().until(() -> commits.waiting() == CHANNELS);
    letGo.countDown();
    for (FutureTask<Boolean> holder : holders) {
      assertThat(holder.get()).isTrue();
    }
    return all;
  }

  /** Takes one of the places to lead. */
  private FutureTask<Boolean> holding(CountDownLatch letGo) throws InterruptedException {
    CountDownLatch holding = new CountDownLatch(1);
    FutureTask<Boolean> holder = start(() -> hold(holding, letGo), () -> true);
    assertThat(holding.await(60, SECONDS)).as("begins beside one that takes long").isTrue();
    return holder;
  }

  private static void hold(CountDownLatch holding, CountDownLatch letGo) {
    holding.countDown();
    try {
      letGo.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Has work committed on a thread of its own.
   *
   * @param seen looked at as soon as it is, over another connection
   */
  private FutureTask<Boolean> start(Runnable work, Callable<Boolean> seen) {
    return started(() -> commits.commit(work), seen);
  }

  private static FutureTask<Boolean> started(Runnable commit, Callable<Boolean> seen) {
    FutureTask<Boolean> task =
        new FutureTask<>(() -> {
          commit.run();
          return seen.call();
        });
    Thread.ofVirtual().start(task);
    return task;
  }
}
