package dev.stretto.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import dev.stretto.outbox.RunTable;
import dev.stretto.outbox.admin.RecordedMessages;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One run as a page that needs nothing but a browser: no script, no font, no picture from
 * elsewhere. Shows no payload. Its words and its looks are those of the template {@code run.html}.
 */
public final class RunPage {

  private static final String TEMPLATE = "run.html";

  private RunPage() {}

  /**
   * A page and what is on it.
   *
   * @param html the whole page, some 200 kB at the most
   * @param calls how many calls of the run are recorded
   */
  public record Page(String html, long calls) {}

  /**
   * Draws a run. Reads its channel once.
   *
   * @param facts what else is known of the run, by name, in the order to show it in
   */
  public static Page of(
      RunTable.Recorded run, RecordedMessages messages, Map<String, String> facts) {
    RunCalls calls = RunCalls.of(run, messages);
    Map<String, @Nullable Object> page = new HashMap<>();
    page.put("title", "Run " + run.run().run() + " on " + run.run().channel());
    page.put("facts", facts.entrySet());
    page.put("calls", calls.calls == 0 ? null : calls(calls));
    page.put("overwritten", calls.overwritten == 0 ? null : Texts.number(calls.overwritten));
    page.put("failures", calls.failures == 0 ? null : failures(calls));
    return new Page(template().execute(page), calls.calls);
  }

  private static Template template() {
    try (Reader template =
        new InputStreamReader(
            Objects.requireNonNull(RunPage.class.getResourceAsStream(TEMPLATE)), UTF_8)) {
      return Mustache.compiler().withEscaper(Texts::escaped).strictSections(true).compile(template);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, @Nullable Object> calls(RunCalls calls) {
    Map<String, @Nullable Object> shown = new HashMap<>();
    shown.put("count", Texts.number(calls.calls));
    shown.put("first", Charts.timeline(calls.first));
    shown.put("whole", calls.calls > calls.first.size() ? whole(calls) : null);
    shown.put("latency", calls.latencies.calls() == 0 ? null : latency(calls));
    return shown;
  }

  private static Map<String, String> whole(RunCalls calls) {
    List<RunCalls.Drawn> drawn = calls.whole.kept();
    return Map.of(
        "shown", Texts.number(calls.first.size()),
        "timeline", Charts.timeline(drawn),
        "stride", Texts.number(calls.whole.stride()),
        "drawn", Texts.number(drawn.size()));
  }

  private static Map<String, String> latency(RunCalls calls) {
    Latencies latencies = calls.latencies;
    return Map.of(
        "distribution", Charts.latencies(latencies.distribution()),
        "ended", Texts.number(latencies.calls()),
        "half", Texts.time(latencies.within(0.5)),
        "most", Texts.time(latencies.within(0.95)),
        "nearlyAll", Texts.time(latencies.within(0.99)),
        "longest", Texts.time(latencies.longest()),
        "throughput", Charts.throughput(calls.throughput),
        "width", Texts.time(calls.throughput.width()),
        "highest", Texts.number(calls.throughput.highest()));
  }

  private static Map<String, Object> failures(RunCalls calls) {
    return Map.of(
        "count", Texts.number(calls.failures),
        "givenBack", Texts.number(calls.givenBack),
        "reasons",
            calls.reasons().stream()
                .map(reason -> Map.of("count", Texts.number(reason.count()), "text", reason.text()))
                .toList(),
        "listed", calls.failed.size(),
        "failed",
            calls.failed.stream()
                .map(one ->
                    Map.of(
                        "position", Texts.number(one.position()),
                        "message", one.messageId(),
                        "attempts", Texts.number(one.attempts()),
                        "reason", one.reason()))
                .toList());
  }
}
