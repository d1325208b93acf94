package dev.stretto.cli.parked;

import dev.stretto.cli.start.CommandContext;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a decision about parked messages says on standard output: always how many it touched. */
record DecisionReport(CommandContext context, ParkedChoice choice) {

  /**
   * Prints it.
   *
   * @param done what was done, such as {@code redriven}
   * @param counts by channel; one with an empty name where messages were named by their ids
   * @param consequence what people should know of it
   */
  void print(String done, Map<String, Long> counts, String consequence) {
    long total = counts.values().stream().mapToLong(Long::longValue).sum();
    context.done("%,d message%s %s".formatted(total, total == 1 ? "" : "s", done));
    if (choice.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put(done, total);
      if (choice.all()) {
        document.put("channels", counts);
      }
      context.json(document);
    } else if (counts.isEmpty()) {
      context.print("nothing is parked");
    } else {
      counts.forEach((channel, count) ->
          context.print(
              "%s%,d message%s %s%s",
              channel.isEmpty() ? "" : channel + ": ",
              count,
              count == 1 ? "" : "s",
              done,
              consequence));
    }
  }
}
