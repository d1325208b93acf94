package dev.stretto.batch.step;

import dev.stretto.dispatch.Counts;
import dev.stretto.run.ChannelRun;
import org.springframework.batch.infrastructure.item.ExecutionContext;

/** What a run has done, as its step's execution context keeps it for people. */
public final class RunCounts {

  public static final String DELIVERED = "stretto.delivered";
  public static final String PARKED = "stretto.parked";
  public static final String RETRIED = "stretto.retried";
  public static final String RESENT = "stretto.resent";

  private static final String STARTED = "stretto.started";

  private RunCounts() {}

  static void note(ExecutionContext context, ChannelRun run) {
    Counts counts = run.counts();
    context.putLong(STARTED, counts.started());
    context.putLong(DELIVERED, counts.delivered());
    context.putLong(PARKED, counts.parked());
    context.putLong(RETRIED, counts.retried());
    context.putInt(RESENT, run.resent());
  }
}
