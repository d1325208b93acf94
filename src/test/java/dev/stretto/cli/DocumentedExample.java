package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What the documents have as examples, as it stands there. */
final class DocumentedExample {

  private static final Pattern YAML = Pattern.compile("```yaml\n([^`]*)```");

  private DocumentedExample() {}

  /** The first one of the configuration's document that has such a part. */
  static String yaml(String part) throws IOException {
    String document = Files.readString(Path.of("src/docs/configuration.md"), UTF_8);
    List<String> examples =
        YAML.matcher(document)
            .results()
            .map(example -> example.group(1))
            .filter(example -> example.contains(part))
            .toList();
    assertThat(examples).as(part).isNotEmpty();
    return examples.getFirst();
  }
}
