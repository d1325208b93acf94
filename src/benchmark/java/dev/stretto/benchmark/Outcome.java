package dev.stretto.benchmark;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything that was measured.
 *
 * @param machine what it was measured on
 * @param scale 1 where the numbers mean something
 */
record Outcome(String machine, double scale, List<Row> rows) {

  /** The tables of those sections that have rows, to be pasted in a document. */
  String markdown() {
    return Arrays.stream(Section.values())
        .map(this::table)
        .filter(table -> !table.isEmpty())
        .collect(Collectors.joining("\n"));
  }

  private String table(Section section) {
    List<Row> own = rows.stream().filter(row -> row.section() == section).toList();
    if (own.isEmpty()) {
      return "";
    }
    String headings =
        section.columns().stream().map(Metric::heading).collect(Collectors.joining(" | "));
    String lines = own.stream().map(Row::markdown).collect(Collectors.joining("\n"));
    return """
    **%s**, on %s%s

    | | %s |
    |---|%s
    %s
    """
        .formatted(
            section.title(),
            machine,
            scale == 1 ? "" : "; at a scale of " + scale + ", which says nothing of speed",
            headings,
            "---:|".repeat(section.columns().size()),
            lines);
  }

  /** One document: every run of every row. */
  String json() {
    List<Map<String, Object>> all =
        rows.stream()
            .<Map<String, Object>>map(row -> {
              Map<String, Object> one = new LinkedHashMap<>();
              one.put("section", row.section().title());
              one.put("label", row.label());
              one.put("runs", row.runs());
              one.put("failures", row.failures());
              return one;
            })
            .toList();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("machine", machine);
    document.put("scale", scale);
    document.put("rows", all);
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(document);
  }
}
