package dev.stretto.producers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.database.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The examples in the document for producers. */
final class Guide {

  private final String document;

  Guide() throws IOException {
    document = Files.readString(Path.of("src/docs/producers.md"), UTF_8);
  }

  /**
   * The one example that has the text in it.
   *
   * @param language as behind the three quotes: sql, java or python
   */
  String example(String language, String text) {
    List<String> found =
        Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(document)
            .results()
            .map((MatchResult result) -> result.group(1))
            .filter(example -> example.contains(text))
            .toList();
    if (found.size() != 1) {
      throw new IllegalStateException(found.size() + " examples have " + text);
    }
    return found.getFirst();
  }

  /** The statements of the one example that has the text in it, as that database has them. */
  List<String> statements(String text, Database vendor) {
    String example = example("sql", text);
    return Pattern.compile(";$", Pattern.MULTILINE)
        .splitAsStream(vendor == Database.MARIADB ? example.replace("stretto.", "") : example)
        .map(String::strip)
        .filter(statement -> !statement.isEmpty())
        .toList();
  }
}
