package dev.stretto.cli.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RunResult;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.dispatch.Counts;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What people, programs and scripts are told of each way in which a launch can end. */
class DispatchReportTest {

  private static final Duration ELAPSED = Duration.ofMillis(1234);

  @Test
  void aChannelThatAnotherRunHoldsIsATryForLaterOnlyWhereItWasNamed() {
    RunResult held = held("channel space is held by other/1");

    assertThat(text(held)).isEqualTo("space: channel space is held by other/1");
    assertThat(json(held))
        .isEqualTo(
            "{\"channel\":\"space\",\"run\":null,\"status\":\"HELD\",\"delivered\":0,\"parked\":0,"
                + "\"retried\":0,\"resent\":0,\"remaining\":7,\"seconds\":1.234,"
                + "\"reason\":\"channel space is held by other/1\"}");
    assertThat(code(held, true)).isEqualTo(ExitCode.TRY_LATER);
    assertThat(code(held, false)).isEqualTo(ExitCode.DONE);
  }

  @Test
  void aPausedChannelIsATryForLaterOnlyWhereItWasNamed() {
    RunResult paused = new RunResult.Paused("space", "paused since then by ann", 7, ELAPSED);

    assertThat(text(paused))
        .isEqualTo("space: 0 delivered, 7 still waiting, in 1.23 s: paused since then by ann");
    assertThat(json(paused))
        .contains("\"run\":null,\"status\":\"PAUSED\"")
        .endsWith("\"reason\":\"paused since then by ann\"}");
    assertThat(code(paused, true)).isEqualTo(ExitCode.TRY_LATER);
    assertThat(code(paused, false)).isEqualTo(ExitCode.DONE);
    RunResult stopped =
        executed("STOPPED", new Stop(Reason.PAUSED, "paused since then by ann", null), null, 0);
    assertThat(code(stopped, true)).as("7 still wait").isEqualTo(ExitCode.TRY_LATER);
    assertThat(code(stopped, false)).isEqualTo(ExitCode.DONE);
  }

  @Test
  void nothingToDoIsDone() {
    RunResult idle = nothingToDo();

    assertThat(text(idle)).isEqualTo("space: 0 delivered, 7 still waiting, in 1.23 s");
    assertThat(json(idle))
        .isEqualTo(
            "{\"channel\":\"space\",\"run\":null,\"status\":\"COMPLETED\",\"delivered\":0,"
                + "\"parked\":0,\"retried\":0,\"resent\":0,\"remaining\":7,\"seconds\":1.234}");
    assertThat(code(idle, true)).isEqualTo(ExitCode.DONE);
  }

  @Test
  void aGateThatIsClosedForLongerIsToBeTriedLater() {
    RunResult closed =
        gateClosed(new Stop(Reason.UNAVAILABLE, "the destination is busy", Duration.ofSeconds(90)));

    assertThat(text(closed))
        .isEqualTo(
            "space: 0 delivered, 7 still waiting, in 1.23 s: the destination is busy;"
                + " it may be back in 90.00 s");
    assertThat(json(closed))
        .isEqualTo(
            "{\"channel\":\"space\",\"run\":null,\"status\":\"STOPPED\",\"delivered\":0,"
                + "\"parked\":0,\"retried\":0,\"resent\":0,\"remaining\":7,\"seconds\":1.234,"
                + "\"reason\":\"the destination is busy\"}");
    assertThat(code(closed, false)).isEqualTo(ExitCode.TRY_LATER);
  }

  @Test
  void aChannelThatHadNoTurnIsToBeTriedLater() {
    RunResult notBegun =
        new RunResult.NotBegun(
            "space", new Stop(Reason.ASKED, "the time given is over", null), 7, ELAPSED);

    assertThat(text(notBegun))
        .isEqualTo("space: 0 delivered, 7 still waiting, in 1.23 s: the time given is over");
    assertThat(json(notBegun))
        .isEqualTo(
            "{\"channel\":\"space\",\"run\":null,\"status\":\"STOPPED\",\"delivered\":0,"
                + "\"parked\":0,\"retried\":0,\"resent\":0,\"remaining\":7,\"seconds\":1.234,"
                + "\"reason\":\"the time given is over\"}");
    assertThat(code(notBegun, false)).isEqualTo(ExitCode.TRY_LATER);
  }

  @Test
  void anExecutionSaysWhatItDid() {
    RunResult completed = executed("COMPLETED", null, null, 2);

    assertThat(text(completed))
        .isEqualTo(
            "space: 12,345 delivered, 2 parked, 3 retried, 4 sent again after a crash,"
                + " 7 still waiting, in 1.23 s");
    assertThat(json(completed))
        .isEqualTo(
            "{\"channel\":\"space\",\"run\":9,\"status\":\"COMPLETED\",\"delivered\":12345,"
                + "\"parked\":2,\"retried\":3,\"resent\":4,\"remaining\":7,\"seconds\":1.234}");
    assertThat(code(completed, false)).isEqualTo(ExitCode.PARKED);
    assertThat(code(executed("COMPLETED", null, null, 0), false)).isEqualTo(ExitCode.DONE);
  }

  @Test
  void anExecutionThatWasStoppedSaysWhy() {
    RunResult stopped =
        executed("STOPPED", new Stop(Reason.ASKED, "SIGTERM", null), "of no interest", 0);

    assertThat(text(stopped)).endsWith(", in 1.23 s: SIGTERM");
    assertThat(json(stopped))
        .contains("\"status\":\"STOPPED\"")
        .endsWith("\"reason\":\"SIGTERM\"}");
    assertThat(code(stopped, false)).as("7 still wait").isEqualTo(ExitCode.TRY_LATER);
  }

  @Test
  void anExecutionThatFailedSaysWhy() {
    RunResult failed = executed("FAILED", null, "no table", 2);

    assertThat(text(failed)).endsWith(", in 1.23 s: failed: no table");
    assertThat(json(failed)).contains("\"status\":\"FAILED\"").endsWith("\"reason\":\"no table\"}");
    assertThat(code(failed, false)).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void anExecutionWhoseEndIsUnknownHasFailed() {
    RunResult unknown = executed("UNKNOWN", null, null, 0);

    assertThat(json(unknown)).contains("\"status\":\"UNKNOWN\"");
    assertThat(code(unknown, false)).isEqualTo(ExitCode.FAILED);
  }

  private static RunResult held(String holder) {
    return new RunResult.Held("space", holder, 7, ELAPSED);
  }

  private static RunResult nothingToDo() {
    return new RunResult.NothingToDo("space", 7, ELAPSED);
  }

  private static RunResult gateClosed(Stop stop) {
    return new RunResult.GateClosed("space", stop, 7, ELAPSED);
  }

  private static RunResult executed(
      String status, @Nullable Stop stop, @Nullable String failure, long parked) {
    Counts counts = new Counts(12_345, 0, 12_345, parked, 3, false, Duration.ZERO);
    return new RunResult.Executed("space", 9, status, stop, failure, counts, 4, 7, ELAPSED);
  }

  private static String text(RunResult result) {
    return said(result, false);
  }

  private static String json(RunResult result) {
    return said(result, true);
  }

  private static String said(RunResult result, boolean json) {
    StringWriter out = new StringWriter();
    CommandContext context =
        new CommandContext(
            InputStream.nullInputStream(),
            new PrintWriter(out),
            new PrintWriter(new StringWriter()),
            List.of());
    new DispatchReport(context, json).ended(result);
    context.flush();
    return out.toString().strip();
  }

  private static ExitCode code(RunResult result, boolean named) {
    return RunEnd.code(new ChannelRuns.Ended("space", result, null), named, false);
  }
}
