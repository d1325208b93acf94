package dev.stretto.report;

import dev.stretto.outbox.RunTable;
import dev.stretto.outbox.admin.RecordedMessages;
import java.util.List;
import java.util.Map;

/**
 * One run as a page that needs nothing but a browser: no script, no font, no picture from
 * elsewhere. Shows no payload.
 */
public final class RunPage {

  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta http-equiv="Content-Security-Policy"
        content="default-src 'none'; style-src 'unsafe-inline'"/>
      """;

  private static final String STYLE =
      """
      <style>
      :root { color-scheme: light dark; --ink: #1c1e21; --dim: #667; --paper: #fff; --line: #d9dce1;
        --delivered: #2f6fbb; --failed: #c0392b; --back: #b7881c; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --dim: #9aa3ad; --paper: #16181b;
        --line: #343a40; --delivered: #6aa5e8; --failed: #ef7a6d; --back: #e0b64a; } }
      body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: var(--ink);
        background: var(--paper); font: 15px/1.5 system-ui, sans-serif; }
      h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
      p, figcaption { color: var(--dim); } figure { margin: 0 0 1rem; }
      svg { width: 100%; height: auto; border-bottom: 1px solid var(--line); }
      svg text { fill: var(--dim); font-size: 12px; }
      .delivered { fill: var(--delivered); } .failed { fill: var(--failed); }
      .back { fill: var(--back); }
      table { border-collapse: collapse; width: 100%; }
      th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line);
        vertical-align: top; overflow-wrap: anywhere; }
      th { color: var(--dim); font-weight: normal; white-space: nowrap; }
      </style>
      </head>
      <body>
      """;

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
    String title = "Run " + run.run().run() + " on " + Texts.escaped(run.run().channel());
    StringBuilder html = new StringBuilder(HEAD);
    html.append("<title>").append(title).append("</title>\n").append(STYLE);
    html.append("<h1>").append(title).append("</h1>\n");
    table(html, facts);
    if (calls.calls == 0) {
      html.append("<p>No call of this run is recorded.</p>\n");
    } else {
      pictures(html, calls);
    }
    if (calls.overwritten > 0) {
      paragraph(
          html,
          Texts.number(calls.overwritten)
              + " more messages were started first in this run, but a later run worked on them too:"
              + " what is recorded of them is that run's.");
    }
    failures(html, calls);
    return new Page(html.append("</body>\n</html>\n").toString(), calls.calls);
  }

  private static void pictures(StringBuilder html, RunCalls calls) {
    html.append("<h2>Calls</h2>\n");
    paragraph(
        html,
        "One line a call, from its first start until its end was recorded, in start order from the"
            + " top: blue was delivered, red was not, yellow went back in line.");
    figure(
        html,
        Charts.timeline(calls.first),
        calls.calls > calls.first.size()
            ? "The first "
                + Texts.number(calls.first.size())
                + " of "
                + Texts.number(calls.calls)
                + " calls."
            : "All " + Texts.number(calls.calls) + " calls.");
    if (calls.calls > calls.first.size()) {
      List<RunCalls.Drawn> whole = calls.whole.kept();
      figure(
          html,
          Charts.timeline(whole),
          "The whole run: one call in "
              + Texts.number(calls.whole.stride())
              + ", "
              + Texts.number(whole.size())
              + " of "
              + Texts.number(calls.calls)
              + "; the others are left out.");
    }
    Latencies latencies = calls.latencies;
    if (latencies.calls() > 0) {
      html.append("<h2>Latency</h2>\n");
      figure(
          html,
          Charts.latencies(latencies.distribution()),
          "Half of "
              + Texts.number(latencies.calls())
              + " calls took "
              + Texts.time(latencies.within(0.5))
              + " or less, 95 % "
              + Texts.time(latencies.within(0.95))
              + ", 99 % "
              + Texts.time(latencies.within(0.99))
              + ", all "
              + Texts.time(latencies.longest())
              + "; the retries of a message are one call here.");
      html.append("<h2>Throughput</h2>\n");
      figure(
          html,
          Charts.throughput(calls.throughput),
          "Calls that ended in each "
              + Texts.time(calls.throughput.width())
              + " since the run began, at most "
              + Texts.number(calls.throughput.highest())
              + " a second.");
    }
  }

  private static void failures(StringBuilder html, RunCalls calls) {
    html.append("<h2>Failures</h2>\n");
    if (calls.failures == 0) {
      paragraph(html, "Everything that this run started was delivered.");
      return;
    }
    paragraph(
        html,
        Texts.number(calls.failures)
            + " messages were not delivered, "
            + Texts.number(calls.givenBack)
            + " of them went back in line.");
    html.append("<table>\n<tr><th>Messages</th><th>Last answer</th></tr>\n");
    calls.reasons().forEach(reason -> row(html, Texts.number(reason.count()), reason.text()));
    html.append("</table>\n<h2>The first ")
        .append(calls.failed.size())
        .append(" of them</h2>\n<table>\n")
        .append(
            "<tr><th>Position</th><th>Message</th><th>Attempts</th><th>Last answer</th></tr>\n");
    calls.failed.forEach(one ->
        row(
            html,
            Texts.number(one.position()),
            one.messageId(),
            Texts.number(one.attempts()),
            one.reason()));
    html.append("</table>\n");
  }

  private static void table(StringBuilder html, Map<String, String> facts) {
    html.append("<table>\n");
    facts.forEach((name, value) ->
        html.append("<tr><th>")
            .append(Texts.escaped(name))
            .append("</th><td>")
            .append(Texts.escaped(value))
            .append("</td></tr>\n"));
    html.append("</table>\n");
  }

  private static void row(StringBuilder html, String... cells) {
    html.append("<tr>");
    for (String cell : cells) {
      html.append("<td>").append(Texts.escaped(cell)).append("</td>");
    }
    html.append("</tr>\n");
  }

  private static void paragraph(StringBuilder html, String text) {
    html.append("<p>").append(Texts.escaped(text)).append("</p>\n");
  }

  private static void figure(StringBuilder html, String svg, String caption) {
    html.append("<figure>\n")
        .append(svg)
        .append("<figcaption>")
        .append(Texts.escaped(caption))
        .append("</figcaption>\n</figure>\n");
  }
}
