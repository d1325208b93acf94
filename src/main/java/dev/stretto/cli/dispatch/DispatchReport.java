package dev.stretto.cli.dispatch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import dev.stretto.batch.RunResult;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.batch.RunResult.GateClosed;
import dev.stretto.batch.RunResult.Held;
import dev.stretto.batch.RunResult.NotBegun;
import dev.stretto.batch.RunResult.NothingToDo;
import dev.stretto.batch.RunResult.Paused;
import dev.stretto.cli.output.ErrorText;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.database.DatabaseFault;
import dev.stretto.database.NumbersBehind;
import dev.stretto.dispatch.Counts;
import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.dispatch.Stop;
import dev.stretto.run.DatabaseStop;
import dev.stretto.run.OpenChannel;
import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a dispatch command says on standard output: a line for each channel. */
public final class DispatchReport {

  private final CommandContext context;
  private final boolean json;

  DispatchReport(CommandContext context, boolean json) {
    this.context = context;
    this.json = json;
  }

  /**
   * Says what a run would do.
   *
   * @param paused why it would do nothing, or null
   */
  void plan(OpenChannel channel, long waiting, @Nullable String paused) {
    DispatchSettings settings = channel.settings().dispatch();
    String transport = channel.settings().transport();
    String ordering = settings.ordering().name().toLowerCase(Locale.ROOT);
    if (json) {
      context.json(
          new Plan(channel.name(), waiting, transport, ordering, settings.window(), paused));
    } else {
      context.print(
          "%s: would send %,d message%s over %s, ordering %s, at most %,d under way%s",
          channel.name(),
          waiting,
          waiting == 1 ? "" : "s",
          transport,
          ordering,
          settings.window(),
          paused == null ? "" : ", but is " + paused);
    }
    context.flush();
  }

  /** Says why a channel is not dispatched: on standard error, and for programs as an end too. */
  void refused(String channel, InvalidSettingException fault) {
    String reason = ErrorText.firstLine(fault);
    context.warn(reason);
    if (json) {
      context.json(new Failed(channel, null, "FAILED", reason));
      context.flush();
    }
  }

  /** Says how a run ended. */
  void ended(ChannelRuns.Ended end) {
    RunResult result = end.result();
    if (result != null) {
      ended(result);
    } else if (json) {
      context.json(new Failed(end.channel(), null, "FAILED", reason(end)));
    } else {
      context.print("%s: %s", end.channel(), reason(end));
    }
    context.flush();
  }

  private static String reason(ChannelRuns.Ended end) {
    Exception failure = end.failure();
    if (failure == null) {
      return "";
    }
    String behind = NumbersBehind.words(failure);
    if (behind != null) {
      return behind;
    }
    Stop stop = DatabaseStop.of(failure);
    if (stop != null) {
      return stop.text();
    }
    String said = DatabaseFault.said(failure);
    return said == null ? ErrorText.firstLine(failure) : "the database failed: " + said;
  }

  /** Says how a run ended that had a result. */
  void ended(RunResult result) {
    if (json) {
      context.json(document(result));
      return;
    }
    context.print(
        "%s: %s",
        result.channel(),
        switch (result) {
          case Held held -> held.holder();
          case Paused paused -> done(result, 0) + ": " + paused.why();
          case NothingToDo _ -> done(result, 0);
          case GateClosed closed -> done(result, 0) + why(closed.stop());
          case NotBegun unbegun -> done(result, 0) + why(unbegun.stop());
          case Executed run -> done(run, run.resent()) + why(run);
        });
  }

  private static String done(RunResult result, int resent) {
    Counts counts = result.counts();
    return String.format(
        Locale.ROOT,
        "%,d delivered%s%s%s%s, in %s",
        counts.delivered(),
        some(counts.parked(), "parked"),
        some(counts.retried(), "retried"),
        some(resent, "sent again after a crash"),
        some(result.remaining(), "still waiting"),
        seconds(result.elapsed()));
  }

  private static String some(long count, String what) {
    return count == 0 ? "" : String.format(Locale.ROOT, ", %,d %s", count, what);
  }

  /** Why a run ended before its work did; empty where it did not. */
  private static String why(Executed run) {
    Stop stop = run.stop();
    if (stop == null) {
      return run.failure() == null ? "" : ": failed: " + run.failure();
    }
    return why(stop);
  }

  private static String why(Stop stop) {
    Duration retryAfter = stop.retryAfter();
    return ": "
        + stop.text()
        + (retryAfter == null ? "" : "; it may be back in " + seconds(retryAfter));
  }

  private static Ended document(RunResult result) {
    return switch (result) {
      case Held held -> ended(held, null, "HELD", 0, held.holder());
      case Paused paused -> ended(paused, null, "PAUSED", 0, paused.why());
      case NothingToDo idle -> ended(idle, null, "COMPLETED", 0, null);
      case GateClosed closed -> ended(closed, null, "STOPPED", 0, closed.stop().text());
      case NotBegun unbegun -> ended(unbegun, null, "STOPPED", 0, unbegun.stop().text());
      case Executed run -> ended(run, run.run(), run.status(), run.resent(), reason(run));
    };
  }

  private static Ended ended(
      RunResult result, @Nullable Long run, String status, int resent, @Nullable String reason) {
    Counts counts = result.counts();
    return new Ended(
        result.channel(),
        run,
        status,
        counts.delivered(),
        counts.parked(),
        counts.retried(),
        resent,
        result.remaining(),
        inSeconds(result.elapsed()),
        reason);
  }

  private static @Nullable String reason(Executed run) {
    Stop stop = run.stop();
    return stop == null ? run.failure() : stop.text();
  }

  public static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%,.2f s", inSeconds(time));
  }

  private static double inSeconds(Duration time) {
    return Math.round(time.toNanos() / 1e6) / 1e3;
  }

  private record Plan(
      String channel,
      long waiting,
      String transport,
      String ordering,
      int window,
      @JsonInclude(Include.NON_NULL) @Nullable String reason) {}

  private record Failed(String channel, @Nullable Long run, String status, String reason) {}

  private record Ended(
      String channel,
      @Nullable Long run,
      String status,
      long delivered,
      long parked,
      long retried,
      long resent,
      long remaining,
      double seconds,
      @JsonInclude(Include.NON_NULL) @Nullable String reason) {}
}
