package dev.stretto.report;

import dev.stretto.message.Status;
import dev.stretto.outbox.RunTable;
import dev.stretto.outbox.admin.RecordedMessage;
import dev.stretto.outbox.admin.RecordedMessage.Stay;
import dev.stretto.outbox.admin.RecordedMessages;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of one run's calls, gathered in one pass over its channel. Memory does not grow
 * with the messages: what a page can't show is counted.
 */
final class RunCalls {

  /** As many as people can tell apart in one picture. */
  static final int DRAWN = 200;

  private static final int MOST_REASONS = 1000;
  private static final int SHOWN_REASONS = 20;
  private static final int SHOWN_FAILED = 50;
  private static final int LONGEST_REASON = 300;

  final Latencies latencies = new Latencies();
  final Throughput throughput = new Throughput();
  final List<Drawn> first = new ArrayList<>();
  final Sample<Drawn> whole = new Sample<>(DRAWN);
  final List<Failed> failed = new ArrayList<>();
  private final Map<String, Long> reasons = new HashMap<>();
  private final long fence;
  private final Instant beganAt;
  long calls;
  long failures;
  long givenBack;
  long overwritten;

  private RunCalls(RunTable.Recorded run) {
    this.fence = run.run().fence();
    this.beganAt = run.beganAt();
  }

  /** Reads the channel that the run was on. */
  static RunCalls of(RunTable.Recorded run, RecordedMessages messages) {
    RunCalls calls = new RunCalls(run);
    messages.visit(
        run.run().channel(),
        message -> {
          calls.add(message);
          return true;
        });
    return calls;
  }

  /**
   * A call as it is drawn.
   *
   * @param endedAt null where the run gave the message back without a settlement
   */
  record Drawn(long position, Status status, Instant startedAt, @Nullable Instant endedAt) {}

  /** A message that was not delivered, with the last answer. */
  record Failed(long position, String messageId, int attempts, String reason) {}

  /** A last answer, and how many messages have it. */
  record Reason(String text, long count) {}

  private void add(RecordedMessage message) {
    Stay stay = message.last();
    if (stay == null || stay.fence() != fence) {
      if (message.first() != null && message.first().fence() == fence) {
        overwritten++;
      }
      return;
    }
    Instant startedAt = stay.startedAt();
    if (startedAt == null) {
      return;
    }
    calls++;
    Drawn drawn = new Drawn(message.position(), message.status(), startedAt, stay.settledAt());
    if (first.size() < DRAWN) {
      first.add(drawn);
    }
    whole.add(drawn);
    Instant settledAt = stay.settledAt();
    if (settledAt == null) {
      givenBack++;
    } else {
      latencies.add(Duration.between(startedAt, settledAt).toMillis());
      throughput.add(Duration.between(beganAt, settledAt).toMillis());
    }
    if (message.status() != Status.DELIVERED) {
      failed(message);
    }
  }

  private void failed(RecordedMessage message) {
    failures++;
    String reason = Objects.requireNonNullElse(message.lastError(), "no answer recorded");
    String text =
        reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) + "…" : reason;
    if (reasons.containsKey(text) || reasons.size() < MOST_REASONS) {
      reasons.merge(text, 1L, Long::sum);
    } else {
      reasons.merge("other answers", 1L, Long::sum);
    }
    if (failed.size() < SHOWN_FAILED) {
      failed.add(new Failed(message.position(), message.messageId(), message.attempts(), text));
    }
  }

  /** The most frequent answers to what was not delivered, most frequent first. */
  List<Reason> reasons() {
    return reasons.entrySet().stream()
        .map(entry -> new Reason(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingLong(Reason::count).reversed().thenComparing(Reason::text))
        .limit(SHOWN_REASONS)
        .toList();
  }
}
