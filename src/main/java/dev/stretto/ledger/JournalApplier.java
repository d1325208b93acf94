package dev.stretto.ledger;

import dev.stretto.database.DatabaseFault;
import dev.stretto.dispatch.Task;
import dev.stretto.outbox.JournalTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Has the messages' rows say what the journal says, for all channels of a database on one thread: a
 * thousand messages in a transaction, or what there is after a tenth of a second, so that nothing
 * is written page by page while the next starts wait for it, and a thousand channels with a message
 * each cost one transaction. Thread-safe.
 *
 * <p>The price: where somebody has locked a row of one channel, the others' rows follow once the
 * database waits for that no longer. What they send goes on meanwhile, until their journals are
 * full.
 */
final class JournalApplier {

  /** Messages of one transaction, unless a single entry has more. */
  private static final int BATCH = 1000;

  /** How long a message's row may lag behind, about. */
  private static final long LAG_MILLIS = 100;

  /** A channel's delivered messages whose rows don't say so; more make its recorder wait. */
  private static final int MOST = 10 * BATCH;

  private final JournalTable journal;
  private final Object lock = new Object();

  /**
   * INVARIANT: a channel is among these, or some of its entries are being applied, exactly while it
   * has entries and has not failed. So its entries are applied in order, and none is left behind.
   */
  private final ArrayDeque<Follower> waiting = new ArrayDeque<>();

  /** Messages of the channels that wait. */
  private int messages;

  /** Channels whose runs wait for their last entries. */
  private int closing;

  private boolean running;

  JournalApplier(JournalTable journal) {
    this.journal = journal;
  }

  private record Entry(long number, List<Task> tasks) {}

  /** The first entries of a channel, to be applied together with those of others. */
  private record Batch(Follower follower, List<Entry> entries) {

    JournalTable.Head head() {
      return new JournalTable.Head(follower.channel, follower.lastApplied, entries.size());
    }
  }

  /**
   * What a run has journaled, to be applied.
   *
   * @param failed is told, on the thread that applies, that the rows can't be written
   */
  Follower follow(String channel, Consumer<RuntimeException> failed) {
    return new Follower(channel, failed);
  }

  /** One channel's. */
  final class Follower {

    private final String channel;
    private final Consumer<RuntimeException> failed;

    /** Committed and not applied, in order. */
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();

    /** How many messages these are. */
    private int unapplied;

    private boolean waits;
    private List<Task> applied = new ArrayList<>();
    private long lastApplied;
    private boolean over;

    private Follower(String channel, Consumer<RuntimeException> failed) {
      this.channel = channel;
      this.failed = failed;
    }

    /**
     * An entry was committed.
     *
     * @param number higher than those before
     * @param tasks the deliveries in it
     */
    void written(long number, List<Task> tasks) {
      synchronized (lock) {
        boolean first = entries.isEmpty();
        entries.add(new Entry(number, tasks));
        unapplied += tasks.size();
        if (waits) {
          count(tasks.size());
        } else if (first && !over) {
          enqueue();
        }
      }
    }

    private void enqueue() {
      waits = true;
      waiting.add(this);
      count(unapplied);
      if (!running) {
        running = true;
        Thread.ofVirtual().name("settle").start(JournalApplier.this::run);
      }
    }

    private void count(int more) {
      boolean wasEnough = messages >= BATCH;
      messages += more;
      if (!wasEnough && messages >= BATCH) {
        lock.notifyAll();
      }
    }

    private Batch dequeue(int room) {
      waits = false;
      messages -= unapplied;
      List<Entry> taken = new ArrayList<>();
      int left = room;
      for (Entry entry : entries) {
        left -= entry.tasks().size();
        if (!taken.isEmpty() && left < 0) {
          break;
        }
        taken.add(entry);
      }
      return new Batch(this, taken);
    }

    private void applied(List<Entry> batch) {
      for (Entry entry : batch) {
        entries.remove();
        unapplied -= entry.tasks().size();
        applied.addAll(entry.tasks());
      }
      lastApplied = batch.getLast().number();
      if (!entries.isEmpty()) {
        enqueue();
      }
    }

    /** Blocks while far too much has to be applied. */
    void awaitRoom() {
      synchronized (lock) {
        while (unapplied > MOST && !over) {
          Uninterrupted.await(lock, 0);
        }
      }
    }

    /** Those whose rows came to say that they are delivered, each once. */
    List<Task> takeApplied() {
      synchronized (lock) {
        List<Task> taken = applied;
        applied = new ArrayList<>();
        return taken;
      }
    }

    /** Blocks until the rest is applied, or can't be. */
    void close() {
      synchronized (lock) {
        closing++;
        lock.notifyAll();
        while (!entries.isEmpty() && !over) {
          Uninterrupted.await(lock, 0);
        }
        closing--;
      }
    }
  }

  private void run() {
    for (List<Batch> next = next(); !next.isEmpty(); next = next()) {
      apply(next);
    }
  }

  /** Blocks until there is enough, or what there is has waited; none once nothing waits. */
  private List<Batch> next() {
    synchronized (lock) {
      if (waiting.isEmpty()) {
        running = false;
        return List.of();
      }
      long end = System.nanoTime() + LAG_MILLIS * 1_000_000;
      long left = LAG_MILLIS;
      while (messages < BATCH && closing == 0 && left > 0) {
        Uninterrupted.await(lock, left);
        left = (end - System.nanoTime()) / 1_000_000;
      }
      List<Batch> batches = new ArrayList<>();
      for (int room = BATCH; room > 0 && !waiting.isEmpty(); ) {
        Batch batch = waiting.remove().dequeue(room);
        batches.add(batch);
        room -= batch.entries().stream().mapToInt(entry -> entry.tasks().size()).sum();
      }
      return batches;
    }
  }

  private void apply(List<Batch> batches) {
    RuntimeException failure = null;
    try {
      journal.apply(batches.stream().map(Batch::head).toList());
    } catch (RuntimeException e) {
      failure = e;
    } catch (Error e) {
      // Whoever waits for this thread would wait for ever.
      failure = new IllegalStateException(e.toString(), e);
    }
    if (failure == null) {
      applied(batches);
    } else if (batches.size() > 1 && DatabaseFault.of(failure) != DatabaseFault.CONNECTION_LOST) {
      // Whose fault it was shows when each is applied alone.
      batches.forEach(batch -> apply(List.of(batch)));
    } else {
      failed(batches, failure);
    }
  }

  private void applied(List<Batch> batches) {
    synchronized (lock) {
      batches.forEach(batch -> batch.follower().applied(batch.entries()));
      lock.notifyAll();
    }
  }

  private void failed(List<Batch> batches, RuntimeException failure) {
    synchronized (lock) {
      batches.forEach(batch -> batch.follower().over = true);
      lock.notifyAll();
    }
    batches.forEach(batch -> batch.follower().failed.accept(failure));
  }
}
