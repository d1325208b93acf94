package dev.stretto.ledger;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.outbox.ChannelTable;
import dev.stretto.outbox.ChannelTable.Advance;
import dev.stretto.outbox.ChannelTable.State;
import dev.stretto.outbox.Claims;
import dev.stretto.outbox.Positions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Law 7, where a process commits together what several channels have ready. */
@OnEachDatabase
class ChannelCommitsTest {

  private static final int CHANNELS = 8;

  @Parameter Database database;
  @TempDir Path folder;

  /** How far each channel's run was told that it is. */
  private final Map<String, Long> told = new ConcurrentHashMap<>();

  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger connections = new AtomicInteger();
  private ChannelTable channels;
  private ChannelCommits commits;

  @BeforeEach
  void open() {
    DataSource counted =
        new DelegatingDataSource(database.migrated(folder).dataSource()) {
          @Override
          public Connection getConnection() throws SQLException {
            connections.incrementAndGet();
            return super.getConnection();
          }
        };
    JdbcTemplate jdbc = new JdbcTemplate(counted);
    channels = new ChannelTable(jdbc);
    commits =
        new ChannelCommits(new TransactionTemplate(new JdbcTransactionManager(counted)), channels);
    for (int channel = 0; channel < CHANNELS; channel++) {
      assertThat(channels.fence("c" + channel, 1)).isTrue();
    }
    connections.set(0);
  }

  @Test
  void oneThatIsTakenOverMeanwhileRecordsNothingMoreAndTheOthersAll() throws Exception {
    List<FutureTask<Void>> runs = new ArrayList<>();
    for (int channel = 0; channel < CHANNELS; channel++) {
      String name = "c" + channel;
      FutureTask<Void> run = new FutureTask<>(() -> advance(name), null);
      runs.add(run);
      Thread.ofVirtual().start(run);
    }
    long all = 0;
    try {
      await().until(() -> last("c3") > 3);

      assertThat(channels.fence("c3", 2)).isTrue();
      long taken = last("c3");

      assertThatThrownBy(() -> runs.get(3).get(1, MINUTES))
          .hasCauseInstanceOf(ChannelLedger.FencedOffException.class);
      assertThat(last("c3")).isEqualTo(taken).as("what it was told").isEqualTo(told.get("c3"));
    } finally {
      over.set(true);
    }
    for (int channel = 0; channel < CHANNELS; channel++) {
      if (channel != 3) {
        runs.get(channel).get();
        long rounds = Objects.requireNonNull(told.get("c" + channel));
        assertThat(last("c" + channel)).isEqualTo(rounds);
        all += rounds;
      }
    }
    assertThat(connections.get()).as("one for each that commits alone").isLessThan((int) all);
  }

  private void advance(String channel) {
    long round = 0;
    while (!over.get()) {
      round++;
      State state = new State(new Positions(round, round, 0), Claims.NONE);
      commits.commit(new Advance(channel, 1, state, null));
      told.put(channel, round);
    }
  }

  private long last(String channel) {
    return channels.state(channel).positions().last();
  }
}
