package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.report.ChannelStatus;
import dev.stretto.settings.Channels;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class StatusWatchTest {

  private static final Duration PERIOD = Duration.ofSeconds(2);

  private final StringWriter out = new StringWriter();
  private final PrintWriter writer = new PrintWriter(out);
  private final AtomicLong nanos = new AtomicLong(7);
  private final Queue<Object> looks = new ArrayDeque<>();
  @TempDir Path folder;

  @Test
  void blocksFollowEachOtherWhereNobodySitsAtATerminal() throws Exception {
    looks.add(100L);
    looks.add(150L);
    looks.add(140L);

    watch(false, false);

    assertThat(out.toString().lines().toList())
        .hasSize(11)
        .satisfies(lines -> {
          assertThat(lines.get(0)).isEqualTo("2026-01-02T03:04:05Z");
          assertThat(lines.get(1))
              .matches("CHANNEL +PENDING +IN FLIGHT +DELIVERED +SENT/S +.*")
              .as("fits into a terminal")
              .hasSizeLessThanOrEqualTo(80);
          assertThat(lines.get(2)).matches("space +3 +0 +100 +- .*");
          assertThat(lines.get(3)).isEmpty();
          assertThat(lines.get(6)).as("in 2 s").matches("space +3 +0 +150 +25.0 .*");
          assertThat(lines.get(10)).as("some were purged").matches("space +3 +0 +140 +- .*");
        });
    assertThat(out.toString()).doesNotContain("\u001b");
  }

  @Test
  void aTerminalIsRedrawnInPlaceAndHasItsCursorBackInTheEnd() throws Exception {
    looks.add(100L);
    looks.add(150L);

    watch(true, false);

    assertThat(out.toString())
        .startsWith("\u001b[?25l\u001b[2J\u001b[H2026-")
        .contains("\n\u001b[H\u001b[J2026-")
        .endsWith("\n\u001b[?25h");
    assertThat(out.toString().split("\u001b\\[H", -1)).as("drawn twice").hasSize(3);
    assertThat(out.toString().split("\u001b\\[2J", -1)).as("cleared once").hasSize(2);
  }

  @Test
  void aLostDatabaseIsSaidAndWatchedOn() throws Exception {
    looks.add(100L);
    looks.add(new CommandException(ExitCode.FAILED, "the database can't be reached"));
    looks.add(160L);

    watch(false, false);

    assertThat(out.toString())
        .contains("2026-01-02T03:04:05Z: the database can't be reached; tries again\n");
    assertThat(out.toString().lines().toList().getLast()).matches("space +3 +0 +160 +15.0 .*");
  }

  @Test
  void aDatabaseThatIsLostFromTheBeginningEndsIt() {
    looks.add(new CommandException(ExitCode.FAILED, "the database can't be reached"));

    assertThatThrownBy(() -> watch(false, false)).hasMessage("the database can't be reached");
  }

  @Test
  void programsGetADocumentALine() throws Exception {
    looks.add(100L);
    looks.add(new CommandException(ExitCode.FAILED, "the database can't be reached"));
    looks.add(160L);

    watch(false, true);

    assertThat(out.toString().lines().toList())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith(
                        "{\"at\":\"2026-01-02T03:04:05Z\",\"channels\":[{\"channel\":\"space\"")
                    .doesNotContain("deliveredPerSecond"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "{\"at\":\"2026-01-02T03:04:05Z\",\"error\":\"the database can't be"
                            + " reached\"}"),
            line ->
                assertThat(line).endsWith("\"configured\":true,\"deliveredPerSecond\":15.0}]}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10ms", "2h", "5"})
  void timesThatNobodyCouldMeanAreRefused(String time) {
    CommandLineRun.Result result = new CommandLineRun(folder).run("status", "--watch", time);

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("--watch: must be").hasLineCount(1);
  }

  private void watch(boolean terminal, boolean json) throws Exception {
    CommandContext context =
        new CommandContext(InputStream.nullInputStream(), writer, new PrintWriter(out), List.of());
    try (WatchScreen screen = new WatchScreen(writer, terminal)) {
      new StatusWatch(
              context,
              this::look,
              screen,
              json,
              Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC),
              nanos::get)
          .run(
              PERIOD,
              time -> {
                nanos.addAndGet(time.toNanos());
                return looks.isEmpty();
              });
    } finally {
      writer.flush();
    }
  }

  private StatusWatch.Seen look() {
    Object look = looks.remove();
    if (look instanceof RuntimeException failure) {
      throw failure;
    }
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(
            new MapPropertySource("test", Map.of("stretto.channels.space.transport", "http")));
    return new StatusWatch.Seen(
        List.of(
            new ChannelStatus(
                "space", 3, 0, (Long) look, 0, 0, 0, null, 0, null, null, null, null, null)),
        Channels.bind(environment, Set.of("http")));
  }
}
