package dev.stretto.transport.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.MapSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecSettingsTest {

  private final ExecTransportType type = new ExecTransportType();

  @TempDir private Path folder;

  @Test
  void everyDefaultIsPinned() {
    assertThat(MapSettings.of("exec").bind(ExecSettings.class))
        .isEqualTo(
            new ExecSettings(
                List.of(), null, Map.of(), Duration.ofSeconds(30), Duration.ofSeconds(1), 1));
  }

  @Test
  void everyPropertyNameIsPinned() {
    MapSettings settings =
        Programs.settings(
            List.of("python3", "a, b"),
            "directory",
            "/srv",
            "environment.API_TOKEN",
            "x",
            "timeout",
            "5m",
            "ready",
            "3s",
            "processes",
            "4");

    assertThat(settings.bind(ExecSettings.class))
        .isEqualTo(
            new ExecSettings(
                List.of("python3", "a, b"),
                Path.of("/srv"),
                Map.of("API_TOKEN", "x"),
                Duration.ofMinutes(5),
                Duration.ofSeconds(3),
                4));
    assertThat(settings.bind(ExecSettings.class).toString()).doesNotContain("python", "API_TOKEN");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "command[0] | '' | command: is required; give the program and its arguments as a list, such"
            + " as [python3, send.py]",
        "command[0] | no-such-program | command: there is no program 'no-such-program' on the PATH;"
            + " give its path",
        "command[0] | sh send.sh | command: there is no program 'sh send.sh' on the PATH; give its"
            + " path; each argument is an item of the list by itself",
        "command[0] | ./none | command: there is no program './none', seen from the folder FOLDER",
        "command[0] | ./plain.py | command: './plain.py' is not executable; let it be executed, or"
            + " put before it what runs it, such as [python3, ./plain.py]",
        "command[0] | ./ | command: './' is not executable; let it be executed, or put before it"
            + " what runs it, such as [python3, ./]",
        "directory | /no/such/folder | directory: there is no such folder: /no/such/folder",
        "timeout | 0s | timeout: must be more than 0, such as 30s",
        "timeout | 25h | timeout: must be 1d or less, such as 30s",
        "ready | -1s | ready: must not be negative",
        "ready | 30s | ready: must be shorter than exec.timeout",
        "processes | 0 | processes: must be 1 or more",
        "environment[A=B] | x | environment.A=B: is no name of an environment variable",
        "environment.STRETTO_WINDOW | 7 | environment.STRETTO_WINDOW: is set by Stretto; choose"
            + " another name",
      })
  void aSettingThatCantBeUsedIsNamedWithTheRemedy(String property, String value, String problem)
      throws Exception {
    Files.createFile(folder.resolve("plain.py"));
    MapSettings settings =
        Programs.settings(List.of("sh"), "directory", folder.toString()).put(property, value);

    assertThatThrownBy(() -> type.open("space", settings, 8))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage("exec." + problem.replace("FOLDER", folder.toString()));
  }

  @Test
  void severalProgramsNeedTheOrderOfKeys() {
    MapSettings two = Programs.settings(List.of("sh"), "processes", "2");
    MapSettings one = Programs.settings(List.of("sh"));

    type.check(two, true);
    type.check(one, false);
    assertThatThrownBy(() -> type.check(two, false))
        .hasMessage(
            "exec.processes: more than 1 needs ordering key, or messages would overtake each"
                + " other");
    assertThat(type.arrivalOrder(one)).isEqualTo(ArrivalOrder.KEPT);
    assertThat(type.arrivalOrder(two)).isEqualTo(ArrivalOrder.NOT_KEPT);
  }

  @Test
  void nothingIsStartedBeforeTheFirstMessage() {
    Path file = folder.resolve("started");

    Programs.script("touch " + file).close();

    assertThat(file).doesNotExist();
  }
}
