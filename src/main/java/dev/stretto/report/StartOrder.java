package dev.stretto.report;

import dev.stretto.outbox.RunTable;
import dev.stretto.outbox.admin.RecordedMessage;
import dev.stretto.outbox.admin.RecordedMessages;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Proves from what was recorded that first starts kept their order.
 *
 * <p>Each message keeps its first start for good: the run's token, and how many first starts that
 * run had made. Tokens rise from run to run, and a run begins with the lowest positions, so along
 * the positions the pairs of token and number must rise, over all runs; what starts again, after a
 * failure, a redrive or a crash, changes nothing about it. Runs with {@code ordering: key} promise
 * that within each key only. Where a channel ever had such a run, the starts of its other runs are
 * compared within each run only, and not across runs: messages of a key that was blocked start
 * late. What a run started that is forgotten by now is compared within its key, there.
 *
 * <p>One pass over the channel's positions, more only where a channel has very many keys. Memory
 * does not grow with the messages. {@code StartOrderTest} has what it must find.
 */
public final class StartOrder {

  private static final int MOST_KEYS = 200_000;
  private static final int MOST_RUNS = 1000;

  private final RecordedMessages messages;
  private final RunTable runs;
  private final int mostKeys;

  public StartOrder(RecordedMessages messages, RunTable runs) {
    this(messages, runs, MOST_KEYS);
  }

  StartOrder(RecordedMessages messages, RunTable runs, int mostKeys) {
    this.messages = messages;
    this.runs = runs;
    this.mostKeys = mostKeys;
  }

  /**
   * What was found in a channel.
   *
   * @param starts first starts that were compared with those before them
   * @param unrecorded messages whose first start the run could not record, because it died
   * @param broken the first pair that broke the order, or null where none did
   */
  public record Finding(String channel, long starts, long unrecorded, @Nullable Broken broken) {}

  /**
   * Two messages whose first starts were in the wrong order.
   *
   * @param earlier the one that should have started first
   * @param later the one that did
   */
  public record Broken(RecordedMessage earlier, RecordedMessage later) {}

  /**
   * Looks at a channel.
   *
   * @param fence the token of the only run to look at, or null for all
   */
  public Finding check(String channel, @Nullable Long fence) {
    Pass pass = new Pass(channel, fence, runs.anyByKey(channel));
    pass.run();
    long starts = pass.starts;
    long unrecorded = pass.unrecorded;
    while (pass.broken == null && pass.keys.nextPart()) {
      pass.run();
    }
    return new Finding(channel, starts, unrecorded, pass.broken);
  }

  /** Whether the second message's first start came after the first one's; both are known. */
  static boolean rises(RecordedMessage earlier, RecordedMessage later) {
    return Objects.requireNonNull(earlier.first()).compareTo(Objects.requireNonNull(later.first()))
        < 0;
  }

  private static boolean sameRun(RecordedMessage earlier, RecordedMessage later) {
    return Objects.requireNonNull(earlier.first()).fence()
        == Objects.requireNonNull(later.first()).fence();
  }

  /** One pass over a channel, or several where there are very many keys. */
  private final class Pass {
    private final String channel;
    private final @Nullable Long fence;
    private final boolean keyed;
    private final KeyStarts keys = new KeyStarts(mostKeys);
    private final Map<Long, Boolean> byKey =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > MOST_RUNS;
          }
        };
    private @Nullable RecordedMessage before;
    private @Nullable Broken broken;
    private long starts;
    private long unrecorded;

    Pass(String channel, @Nullable Long fence, boolean keyed) {
      this.channel = channel;
      this.fence = fence;
      this.keyed = keyed;
    }

    void run() {
      before = null;
      messages.visit(channel, this::look);
    }

    private boolean look(RecordedMessage message) {
      RecordedMessage.Start first = message.first();
      if (first == null || (fence != null && first.fence() != fence)) {
        return true;
      }
      if (!first.known()) {
        unrecorded++;
        return true;
      }
      String key = message.orderingKey();
      boolean total = !keyed || !orderedByKey(first.fence());
      if (total || key != null) {
        starts++;
      }
      if (keyed && key != null) {
        RecordedMessage earlier = keys.brokenBy(message, key);
        if (earlier != null) {
          broken = new Broken(earlier, message);
        }
      }
      if (total) {
        RecordedMessage earlier = before;
        if (broken == null
            && earlier != null
            && (!keyed || sameRun(earlier, message))
            && !rises(earlier, message)) {
          broken = new Broken(earlier, message);
        }
        before = message;
      }
      return broken == null;
    }

    /** A run that is forgotten may have been. */
    private boolean orderedByKey(long token) {
      return byKey.computeIfAbsent(
          token, one -> runs.find(channel, one).map(run -> run.run().byKey()).orElse(true));
    }
  }
}
