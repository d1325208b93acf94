package dev.stretto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.scheduling.support.CronExpression;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The recipes in {@code config/} are what cron and Kubernetes read, and know the exit codes. */
@Tag("packages")
class RecipesTest {

  private static final Path KUBERNETES = Path.of("config/kubernetes");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"0, false", "1, true", "2, true", "3, true", "75, false"})
  void cronMailsWhereSomebodyHasToLook(int code, boolean mails) throws Exception {
    String line =
        Files.readAllLines(Path.of("config/crontab.example")).stream()
            .filter(text -> text.startsWith("* "))
            .findFirst()
            .orElseThrow();
    String[] fields = line.split("\\s+", 6);
    assertThat(CronExpression.parse("0 " + String.join(" ", List.of(fields).subList(0, 5))))
        .isNotNull();
    assertThat(fields[5]).as("cron ends the line there").doesNotContain("%");
    Path stretto = folder.resolve("stretto");
    Files.writeString(stretto, "#!/bin/sh\necho \"$@\"\nexit " + code + "\n");
    assertThat(stretto.toFile().setExecutable(true)).isTrue();

    String mail = mail(fields[5].replace("/var/log/stretto/", folder + "/"));

    assertThat(mail).isEqualTo(mails ? "dispatch --for 50s\n" : "");
    assertThat(folder.resolve("dispatch.log")).hasContent("dispatch --for 50s");
  }

  @Test
  void kubernetesStartsRunsThatNeverOverlapAndKnowsTheirExitCodes() throws Exception {
    JsonNode recipe = read("cronjob.yaml");

    assertThat(recipe.at("/spec/concurrencyPolicy").asString()).isEqualTo("Forbid");
    assertThat(CronExpression.parse("0 " + recipe.at("/spec/schedule").asString())).isNotNull();
    JsonNode job = recipe.at("/spec/jobTemplate/spec");
    JsonNode pod = job.at("/template/spec");
    assertHarmless(pod);
    assertThat(pod.path("restartPolicy").asString())
        .as("which the policy below asks for")
        .isEqualTo("Never");
    JsonNode rules = job.at("/podFailurePolicy/rules");
    assertThat(rules.at("/0/action").asString()).isEqualTo("FailJob");
    assertThat(rules.at("/0/onExitCodes/values")).map(JsonNode::asInt).containsExactly(1, 2);
    assertThat(rules.at("/1/action").asString()).isEqualTo("Ignore");
    assertThat(rules.at("/1/onExitCodes/values")).map(JsonNode::asInt).containsExactly(3, 75);
    assertThat(rules.findValues("onExitCodes"))
        .allMatch(codes -> codes.path("containerName").asString().equals("stretto"))
        .allMatch(codes -> codes.path("operator").asString().equals("In"));
  }

  @Test
  void kubernetesKeepsTwoRunsThatStay() throws Exception {
    JsonNode recipe = read("deployment.yaml");

    assertThat(recipe.at("/spec/replicas").asInt()).isEqualTo(2);
    assertThat(recipe.at("/spec/template/metadata/labels"))
        .isEqualTo(recipe.at("/spec/selector/matchLabels"));
    JsonNode pod = recipe.at("/spec/template/spec");
    assertHarmless(pod);
    JsonNode container = pod.at("/containers/0");
    String readiness =
        container
            .at("/readinessProbe/exec/command")
            .valueStream()
            .map(JsonNode::asString)
            .collect(Collectors.joining(" "));
    assertThat(container.path("args"))
        .map(JsonNode::asString)
        .contains("--ready-file")
        .last()
        .satisfies(file -> assertThat(readiness).contains("test -e " + file));
  }

  private static void assertHarmless(JsonNode pod) {
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean(false)).isTrue();
    List<String> volumes = names(pod.path("volumes"));
    assertThat(pod.path("containers"))
        .hasSize(1)
        .allMatch(
            container -> container.at("/securityContext/readOnlyRootFilesystem").asBoolean(false))
        .allMatch(
            container -> !container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
        .allMatch(container -> volumes.containsAll(names(container.path("volumeMounts"))));
  }

  private static List<String> names(JsonNode list) {
    return list.valueStream().map(each -> each.path("name").asString()).toList();
  }

  /** {@link KubernetesSchemasTest} looks at its names and types. */
  private static JsonNode read(String name) throws IOException {
    Object recipe = new Yaml().load(Files.readString(KUBERNETES.resolve(name)));
    return JsonMapper.shared().valueToTree(recipe);
  }

  /** What a line of a crontab prints, which cron mails. */
  private String mail(String command) throws IOException, InterruptedException {
    ProcessBuilder shell = new ProcessBuilder("/bin/sh", "-c", command).redirectErrorStream(true);
    shell.environment().put("PATH", folder + ":/usr/bin:/bin");
    Process cron = shell.start();
    String printed = new String(cron.getInputStream().readAllBytes(), UTF_8);
    cron.waitFor();
    return printed;
  }
}
