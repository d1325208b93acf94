package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/**
 * Every Kubernetes document here is valid by the schemas of Kubernetes' own OpenAPI, which an npm
 * package has as code, and has no field that they don't know. Run by the Maven profile {@code node}
 * only.
 */
@Tag("node")
class KubernetesSchemasTest {

  private static final Path CRON_JOB = Path.of("config/kubernetes/cronjob.yaml");
  private static final Path DEPLOYMENT = Path.of("config/kubernetes/deployment.yaml");

  private static final Pattern BLOCK =
      Pattern.compile("^```ya?ml\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private static NodeScript script;

  @BeforeAll
  static void install() throws Exception {
    script = NodeScript.install("kubernetes");
  }

  @Test
  void everyKubernetesDocumentIsValid() throws Exception {
    List<Path> files = new ArrayList<>();
    for (Path root : List.of(Path.of("README.md"), Path.of("src/docs"), Path.of("config"))) {
      try (Stream<Path> below = Files.walk(root)) {
        below.filter(Files::isRegularFile).forEach(files::add);
      }
    }
    Map<Path, List<String>> faults = new TreeMap<>();
    for (Path file : files) {
      List<Object> documents = kubernetesDocuments(file);
      if (!documents.isEmpty()) {
        faults.put(file, faults(documents));
      }
    }

    assertThat(faults)
        .containsKeys(CRON_JOB, DEPLOYMENT)
        .allSatisfy((file, found) -> assertThat(found).isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          backoffLimit: 2      | backOffLimit: 2          | /spec/jobTemplate/spec/backOffLimit unknown
          backoffLimit: 2      | backoffLimit: "2"        | /spec/jobTemplate/spec/backoffLimit type
          backoffLimit: 2      | backoffLimit: 2.5        | /spec/jobTemplate/spec/backoffLimit type
          schedule:            | timetable:               | /spec required {"missingProperty":"schedule"}
          Forbid               | Never                    | /spec/concurrencyPolicy enum
          emptyDir: {}         | emptyDir: { size: 1Mi }  | /spec/jobTemplate/spec/template/spec/volumes/1/emptyDir/size unknown
          operator: In         | operator: Is             | /spec/jobTemplate/spec/podFailurePolicy/rules/0/onExitCodes/operator enum
          values: [1, 2]       | values: [1, two]         | /spec/jobTemplate/spec/podFailurePolicy/rules/0/onExitCodes/values/1 type
          kind: CronJob        | kind: Cronjob            | no schema of batch/v1 Cronjob
          """)
  void whatKubernetesDoesNotKnowIsSeen(String written, String instead, String fault)
      throws Exception {
    String recipe = Files.readString(CRON_JOB);
    String changed = recipe.replace(written, instead);
    assertThat(changed).isNotEqualTo(recipe);

    assertThat(faults(kubernetesDocuments(changed)))
        .anySatisfy(found -> assertThat(found).startsWith(fault));
  }

  private static List<String> faults(List<Object> documents) throws Exception {
    return script
        .run("validate.js", documents)
        .valueStream()
        .flatMap(JsonNode::valueStream)
        .map(JsonNode::asString)
        .toList();
  }

  private static List<Object> kubernetesDocuments(Path file) throws IOException {
    String name = file.toString();
    if (name.endsWith(".md")) {
      return BLOCK
          .matcher(Files.readString(file))
          .results()
          .flatMap(block -> kubernetesDocuments(block.group(1)).stream())
          .toList();
    }
    return name.endsWith(".yaml") ? kubernetesDocuments(Files.readString(file)) : List.of();
  }

  private static List<Object> kubernetesDocuments(String yaml) {
    List<Object> documents = new ArrayList<>();
    for (Object document : new Yaml().loadAll(yaml)) {
      if (document instanceof Map<?, ?> map && map.containsKey("apiVersion")) {
        documents.add(map);
      }
    }
    return documents;
  }
}
