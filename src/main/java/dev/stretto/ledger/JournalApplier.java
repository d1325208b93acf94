package dev.stretto.ledger;

import dev.stretto.dispatch.Task;
import dev.stretto.outbox.JournalTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Has the messages' rows say what the journal says, on a thread of its own: a thousand messages in
 * a transaction, or what there is after a tenth of a second, so that nothing is written page by
 * page while the next starts wait for it.
 */
final class JournalApplier {

  /** Messages of one transaction, unless a single entry has more. */
  private static final int BATCH = 1000;

  /** How long a message's row may lag behind, about. */
  private static final long LAG_MILLIS = 100;

  /** Delivered messages whose rows don't say so; more make the recorder wait. */
  private static final int MOST = 10 * BATCH;

  private final JournalTable journal;
  private final String channel;
  private final Consumer<RuntimeException> failed;
  private final Thread thread;
  private final Object lock = new Object();

  /** Committed and not applied, in order. */
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();

  private List<Task> applied = new ArrayList<>();
  private int messages;
  private long lastApplied;
  private boolean closed;
  private boolean over;

  private record Entry(long number, List<Task> tasks) {}

  /**
   * Readies the thread.
   *
   * @param channel names the thread
   * @param failed is told, on that thread, that the rows can't be written
   */
  JournalApplier(JournalTable journal, String channel, Consumer<RuntimeException> failed) {
    this.journal = journal;
    this.channel = channel;
    this.failed = failed;
    this.thread = Thread.ofVirtual().name("settle-" + channel).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /**
   * An entry was committed.
   *
   * @param number higher than those before
   * @param tasks the deliveries in it
   */
  void written(long number, List<Task> tasks) {
    synchronized (lock) {
      boolean wasEnough = messages >= BATCH;
      entries.add(new Entry(number, tasks));
      messages += tasks.size();
      if (entries.size() == 1 || (!wasEnough && messages >= BATCH)) {
        lock.notifyAll();
      }
    }
  }

  /** Blocks while far too much has to be applied. */
  void awaitRoom() {
    synchronized (lock) {
      while (messages > MOST && !over) {
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

  /** Applies the rest and ends the thread. Blocks until that is done. */
  void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    Uninterrupted.join(thread);
  }

  private void run() {
    try {
      for (List<Entry> batch = next(); !batch.isEmpty(); batch = next()) {
        journal.apply(channel, lastApplied, batch.size());
        lastApplied = batch.getLast().number();
        done(batch);
      }
    } catch (RuntimeException e) {
      failed.accept(e);
    } finally {
      synchronized (lock) {
        over = true;
        lock.notifyAll();
      }
    }
  }

  /** Blocks until there is enough, or what there is has waited; nothing once all is over. */
  private List<Entry> next() {
    synchronized (lock) {
      while (entries.isEmpty() && !closed) {
        Uninterrupted.await(lock, 0);
      }
      long end = System.nanoTime() + LAG_MILLIS * 1_000_000;
      long left = LAG_MILLIS;
      while (messages < BATCH && !closed && left > 0) {
        Uninterrupted.await(lock, left);
        left = (end - System.nanoTime()) / 1_000_000;
      }
      List<Entry> batch = new ArrayList<>();
      int taken = 0;
      for (Entry entry : entries) {
        taken += entry.tasks().size();
        if (!batch.isEmpty() && taken > BATCH) {
          break;
        }
        batch.add(entry);
      }
      return batch;
    }
  }

  private void done(List<Entry> batch) {
    synchronized (lock) {
      for (Entry entry : batch) {
        entries.remove();
        messages -= entry.tasks().size();
        applied.addAll(entry.tasks());
      }
      lock.notifyAll();
    }
  }
}
