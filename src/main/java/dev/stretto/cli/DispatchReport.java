package dev.stretto.cli;

import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.dispatch.Stop;
import dev.stretto.job.DispatchResult;
import dev.stretto.job.OpenChannel;
import dev.stretto.outbox.DatabaseFault;
import dev.stretto.outbox.FileFault;
import dev.stretto.outbox.NumbersBehind;
import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** What a dispatch command says on standard output: a line for each channel. */
final class DispatchReport {

  private final Session session;
  private final boolean json;

  DispatchReport(Session session, boolean json) {
    this.session = session;
    this.json = json;
  }

  /** Says what a run would do. */
  void plan(OpenChannel channel, long waiting) {
    DispatchSettings settings = channel.settings().dispatch();
    String transport = channel.settings().transport();
    String ordering = settings.ordering().name().toLowerCase(Locale.ROOT);
    if (json) {
      session.print(fields -> {
        fields.writeStringProperty("channel", channel.name());
        fields.writeNumberProperty("waiting", waiting);
        fields.writeStringProperty("transport", transport);
        fields.writeStringProperty("ordering", ordering);
        fields.writeNumberProperty("window", settings.window());
      });
    } else {
      session.print(
          "%s: would send %,d message%s over %s, ordering %s, at most %,d under way",
          channel.name(), waiting, waiting == 1 ? "" : "s", transport, ordering, settings.window());
    }
    session.flush();
  }

  /** Says why a channel is not dispatched: on standard error, and for programs as an end too. */
  void refused(String channel, InvalidSettingException fault) {
    String reason = Messages.firstLine(fault);
    session.warn(reason);
    if (json) {
      session.print(fields -> {
        fields.writeStringProperty("channel", channel);
        fields.writeNullProperty("run");
        fields.writeStringProperty("status", "FAILED");
        fields.writeStringProperty("reason", reason);
      });
      session.flush();
    }
  }

  /** Says how a run ended. */
  void ended(SideBySide.Ended end) {
    DispatchResult result = end.result();
    if (result != null) {
      ended(result);
    } else if (json) {
      session.print(fields -> {
        fields.writeStringProperty("channel", end.channel());
        fields.writeNullProperty("run");
        fields.writeStringProperty("status", "FAILED");
        fields.writeStringProperty("reason", reason(end));
      });
    } else {
      session.print("%s: %s", end.channel(), reason(end));
    }
    session.flush();
  }

  private static String reason(SideBySide.Ended end) {
    Exception failure = end.failure();
    if (failure == null) {
      return "";
    }
    FileFault file = FileFault.of(failure);
    if (file != null) {
      return "the database " + file.words();
    }
    String behind = NumbersBehind.words(failure);
    if (behind != null) {
      return behind;
    }
    return switch (DatabaseFault.of(failure)) {
      case CONNECTION_LOST -> unavailable("the database was lost", failure);
      case DEADLOCK, LOCK_TIMEOUT ->
          unavailable("another session holds what the run has to write", failure);
      case READ_ONLY -> unavailable("the database takes no writes", failure);
      case NO_CONNECTION_LEFT -> unavailable("the database has no connection left", failure);
      case OTHER -> {
        String said = DatabaseFault.said(failure);
        yield said == null ? Messages.firstLine(failure) : "the database failed: " + said;
      }
    };
  }

  private static String unavailable(String why, Exception failure) {
    return why + "; the next run carries on: " + DatabaseFault.said(failure);
  }

  /** Says how a run ended that had a result. */
  void ended(DispatchResult result) {
    if (json) {
      session.print(fields -> write(fields, result));
      return;
    }
    if (result.status().equals(DispatchResult.HELD)) {
      session.print("%s: %s", result.channel(), String.valueOf(result.failure()));
      return;
    }
    session.print(
        "%s: %,d delivered%s%s%s%s, in %s%s",
        result.channel(),
        result.delivered(),
        some(result.parked(), "parked"),
        some(result.retried(), "retried"),
        some(result.resent(), "sent again after a crash"),
        some(result.remaining(), "still waiting"),
        seconds(result.elapsed()),
        why(result));
  }

  private static String some(long count, String what) {
    return count == 0 ? "" : String.format(Locale.ROOT, ", %,d %s", count, what);
  }

  /** Why a run ended before its work did; empty where it did not. */
  private static String why(DispatchResult result) {
    Stop stop = result.stop();
    if (stop == null) {
      return result.failure() == null ? "" : ": failed: " + result.failure();
    }
    Duration retryAfter = stop.retryAfter();
    return ": "
        + stop.text()
        + (retryAfter == null ? "" : "; it may be back in " + seconds(retryAfter));
  }

  private static void write(JsonGenerator fields, DispatchResult result) {
    fields.writeStringProperty("channel", result.channel());
    Long run = result.run();
    if (run == null) {
      fields.writeNullProperty("run");
    } else {
      fields.writeNumberProperty("run", run);
    }
    fields.writeStringProperty("status", result.status());
    fields.writeNumberProperty("delivered", result.delivered());
    fields.writeNumberProperty("parked", result.parked());
    fields.writeNumberProperty("retried", result.retried());
    fields.writeNumberProperty("resent", result.resent());
    fields.writeNumberProperty("remaining", result.remaining());
    fields.writeNumberProperty("seconds", inSeconds(result.elapsed()));
    @Nullable String reason = reason(result);
    if (reason != null) {
      fields.writeStringProperty("reason", reason);
    }
  }

  private static @Nullable String reason(DispatchResult result) {
    Stop stop = result.stop();
    return stop == null ? result.failure() : stop.text();
  }

  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%,.2f s", inSeconds(time));
  }

  private static double inSeconds(Duration time) {
    return Math.round(time.toNanos() / 1e6) / 1e3;
  }
}
