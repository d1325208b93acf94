package dev.stretto.cli;

import java.util.Map;

/** What a decision about parked messages says on standard output: always how many it touched. */
record DecisionReport(Session session, ParkedChoice choice) {

  /**
   * Prints it.
   *
   * @param done what was done, such as {@code redriven}
   * @param counts by channel; one with an empty name where messages were named by their ids
   * @param consequence what people should know of it
   */
  void print(String done, Map<String, Long> counts, String consequence) {
    long total = counts.values().stream().mapToLong(Long::longValue).sum();
    session.done("%,d message%s %s".formatted(total, total == 1 ? "" : "s", done));
    if (choice.json()) {
      session.print(fields -> {
        fields.writeNumberProperty(done, total);
        if (choice.all()) {
          fields.writeObjectPropertyStart("channels");
          counts.forEach(fields::writeNumberProperty);
          fields.writeEndObject();
        }
      });
    } else if (counts.isEmpty()) {
      session.print("nothing is parked");
    } else {
      counts.forEach((channel, count) ->
          session.print(
              "%s%,d message%s %s%s",
              channel.isEmpty() ? "" : channel + ": ",
              count,
              count == 1 ? "" : "s",
              done,
              consequence));
    }
  }
}
