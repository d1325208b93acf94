package dev.stretto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.scheduling.support.CronExpression;

/** The recipes in {@code config/} are what cron and Kubernetes read, and know the exit codes. */
@Tag("packages")
class RecipesTest {

  /** The model has room for properties that it doesn't know; here they fail. */
  private static final ObjectMapper STRICT =
      new ObjectMapper(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated property) {
                  return false;
                }
              });

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
    CronJob recipe = read("cronjob.yaml", CronJob.class);

    assertThat(recipe.getApiVersion()).isEqualTo("batch/v1");
    assertThat(recipe.getSpec().getConcurrencyPolicy()).isEqualTo("Forbid");
    assertThat(CronExpression.parse("0 " + recipe.getSpec().getSchedule())).isNotNull();
    JobSpec job = recipe.getSpec().getJobTemplate().getSpec();
    PodSpec pod = job.getTemplate().getSpec();
    assertHarmless(pod);
    assertThat(pod.getRestartPolicy()).as("which the policy below asks for").isEqualTo("Never");
    List<PodFailurePolicyRule> rules = job.getPodFailurePolicy().getRules();
    assertThat(rules.get(0).getAction()).isEqualTo("FailJob");
    assertThat(rules.get(0).getOnExitCodes().getValues()).containsExactly(1, 2);
    assertThat(rules.get(1).getAction()).isEqualTo("Ignore");
    assertThat(rules.get(1).getOnExitCodes().getValues()).containsExactly(3, 75);
    assertThat(rules)
        .filteredOn(rule -> rule.getOnExitCodes() != null)
        .allMatch(rule -> rule.getOnExitCodes().getContainerName().equals("stretto"))
        .allMatch(rule -> rule.getOnExitCodes().getOperator().equals("In"));
  }

  @Test
  void kubernetesKeepsTwoRunsThatStay() throws Exception {
    Deployment recipe = read("deployment.yaml", Deployment.class);

    assertThat(recipe.getApiVersion()).isEqualTo("apps/v1");
    assertThat(recipe.getSpec().getReplicas()).isEqualTo(2);
    assertThat(recipe.getSpec().getTemplate().getMetadata().getLabels())
        .containsAllEntriesOf(recipe.getSpec().getSelector().getMatchLabels());
    PodSpec pod = recipe.getSpec().getTemplate().getSpec();
    assertHarmless(pod);
    String readiness =
        String.join(" ", pod.getContainers().getFirst().getReadinessProbe().getExec().getCommand());
    assertThat(pod.getContainers().getFirst().getArgs())
        .contains("--ready-file")
        .last()
        .satisfies(file -> assertThat(readiness).contains("test -e " + file));
  }

  @Test
  void aNameThatKubernetesDoesNotKnowWouldBeSeen() throws Exception {
    String recipe = Files.readString(KUBERNETES.resolve("cronjob.yaml"));

    assertThatThrownBy(
            () -> STRICT.readValue(recipe.replace("backoffLimit", "backOffLimit"), CronJob.class))
        .hasMessageContaining("backOffLimit");
  }

  private static void assertHarmless(PodSpec pod) {
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getContainers())
        .hasSize(1)
        .allMatch(container -> container.getSecurityContext().getReadOnlyRootFilesystem())
        .allMatch(container -> !container.getSecurityContext().getAllowPrivilegeEscalation())
        .allMatch(container ->
            pod.getVolumes().stream()
                .map(volume -> volume.getName())
                .toList()
                .containsAll(
                    container.getVolumeMounts().stream().map(mount -> mount.getName()).toList()));
  }

  /** Whatever the model doesn't have, by name or by type, fails. */
  private static <T> T read(String name, Class<T> type) throws IOException {
    return STRICT.readValue(KUBERNETES.resolve(name).toFile(), type);
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
