package dev.stretto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents lead where they say, name what there is, and the README stays short. */
class DocumentsTest {

  private static final Path README = Path.of("README.md");
  private static final Path DOCS = Path.of("src/docs");
  private static final Path DECISIONS = DOCS.resolve("decisions");
  private static final Path DECISIONS_INDEX = DECISIONS.resolve("README.md");
  private static final int MOST_WORDS = 1500;

  private static final Pattern BLOCK =
      Pattern.compile("^```.*?^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);
  private static final Pattern NOT_IN_ANCHORS = Pattern.compile("[^\\p{L}\\p{N} _-]");
  private static final Pattern WORD = Pattern.compile("\\S+");

  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|IT))`");

  /** Tests as Maven is told to run them. */
  private static final Pattern TESTS_TO_RUN = Pattern.compile("-D(?:it\\.)?test=(\\w+(?:,\\w+)*)");

  private static final Pattern TEST_METHOD = Pattern.compile("`([a-z]+[A-Z]\\w*)`");
  private static final Pattern METHOD = Pattern.compile("\\bvoid (\\w+)\\(");

  /** A word with small letters: those of capitals are texts in tables. */
  private static final Pattern TYPE = Pattern.compile("`([A-Z]\\w*[a-z]\\w*)(?:\\.\\w+)*`");

  private static final Pattern KNOWN_TYPE =
      Pattern.compile(
          "^import [\\w.]*\\.(\\w+);|\\b(?:class|record|enum|interface) (\\w+)", Pattern.MULTILINE);

  static Stream<Path> documents() throws IOException {
    return Stream.concat(
        Stream.of(README, Path.of("CONTRIBUTING.md"), Path.of("CHANGELOG.md")),
        files(DOCS, ".md").stream());
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyLinkLeadsSomewhere(Path document) {
    assertLinksLeadSomewhere(document);
  }

  /** To files, and headings of theirs; links to the web are not followed. */
  static void assertLinksLeadSomewhere(Path document) {
    List<String> links = all(LINK, prose(document)).filter(link -> !link.contains("://")).toList();

    assertThat(links)
        .allSatisfy(link -> {
          int hash = link.indexOf('#');
          String file = hash < 0 ? link : link.substring(0, hash);
          Path target = file.isEmpty() ? document : document.resolveSibling(file).normalize();
          assertThat(target).exists();
          if (hash >= 0) {
            assertThat(anchors(target)).contains(link.substring(hash + 1));
          }
        });
  }

  @Test
  void everyDocumentIsReachedFromTheReadme() throws IOException {
    Set<Path> linked =
        all(LINK, prose(README))
            .map(link -> Path.of(link.replaceFirst("#.*", "")))
            .collect(Collectors.toSet());

    Set<Path> decisions =
        all(LINK, prose(DECISIONS_INDEX)).map(DECISIONS::resolve).collect(Collectors.toSet());
    assertThat(linked)
        .containsAll(
            documents()
                .filter(document -> !document.equals(README))
                .filter(document -> !decisions.contains(document))
                .toList());
  }

  @Test
  void theReadmeIsShort() throws IOException {
    assertThat(WORD.matcher(Files.readString(README, UTF_8)).results().count())
        .isLessThanOrEqualTo(MOST_WORDS);
  }

  @Test
  void everyTestThatKeepsAGuaranteeIsThere() throws IOException {
    String guarantees = prose(DOCS.resolve("guarantees.md"));
    List<Path> sources = files(Path.of("src/test/java"), ".java");

    assertThat(all(TEST, guarantees).toList())
        .isNotEmpty()
        .isSubsetOf(sources.stream().map(DocumentsTest::simpleName).toList());
    assertThat(all(TEST_METHOD, guarantees).toList())
        .isNotEmpty()
        .isSubsetOf(sources.stream().flatMap(source -> all(METHOD, read(source))).toList());
  }

  @Test
  void everyTestThatMavenIsToldToRunIsThere() throws IOException {
    List<String> toRun =
        Stream.concat(documents(), Stream.of(Path.of(".ci/run")))
            .flatMap(told -> all(TESTS_TO_RUN, read(told)))
            .flatMap(tests -> Stream.of(tests.split(",")))
            .toList();

    assertThat(toRun)
        .isNotEmpty()
        .isSubsetOf(
            files(Path.of("src/test/java"), ".java").stream()
                .map(DocumentsTest::simpleName)
                .toList());
  }

  @ParameterizedTest
  @MethodSource("documentsOfTheCode")
  void everyTypeThatIsNamedIsThere(Path document) throws IOException {
    Set<String> known =
        files(Path.of("src"), ".java").stream()
            .flatMap(source -> KNOWN_TYPE.matcher(read(source)).results())
            .map(type -> type.group(1) == null ? type.group(2) : type.group(1))
            .collect(Collectors.toSet());

    assertThat(all(TYPE, prose(document)).toList()).isNotEmpty().isSubsetOf(known);
  }

  static Stream<Path> documentsOfTheCode() throws IOException {
    return Stream.concat(
        Stream.of(
            DOCS.resolve("architecture.md"),
            DOCS.resolve("glossary.md"),
            Path.of("CONTRIBUTING.md")),
        files(DECISIONS, ".md").stream().filter(file -> !file.equals(DECISIONS_INDEX)));
  }

  /** As GitHub makes them of headings. */
  private static Set<String> anchors(Path document) {
    return all(HEADING, prose(document))
        .map(heading ->
            NOT_IN_ANCHORS
                .matcher(heading.toLowerCase(Locale.ROOT))
                .replaceAll("")
                .replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  private static String prose(Path document) {
    return BLOCK.matcher(read(document)).replaceAll("");
  }

  private static Stream<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult found) -> found.group(1));
  }

  private static String simpleName(Path source) {
    return String.valueOf(source.getFileName()).replace(".java", "");
  }

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
