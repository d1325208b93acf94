package dev.stretto.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Explains a configuration that Spring Boot could not read. */
final class ConfigurationFailure {

  private ConfigurationFailure() {}

  /**
   * Returns what to throw: one line where the fault is the user's, the failure itself where it is
   * not.
   *
   * @param folders where the configuration was looked for
   */
  static RuntimeException explain(RuntimeException failure, List<String> folders) {
    MarkedYAMLException yaml = Messages.find(failure, MarkedYAMLException.class);
    if (yaml != null) {
      return new CommandException(ExitCode.USAGE, file(folders) + place(yaml), failure);
    }
    CommandException property = property(failure);
    return property == null ? failure : property;
  }

  /** Names the property that Spring Boot could not use, or is null where that was not the fault. */
  static @Nullable CommandException property(Exception failure) {
    BindException bind = Messages.find(failure, BindException.class);
    return bind == null
        ? null
        : new CommandException(
            ExitCode.USAGE, bind.getName() + ": the value can't be used", failure);
  }

  private static String place(MarkedYAMLException yaml) {
    return yaml.getProblemMark() == null
        ? ": " + yaml.getProblem()
        : ", line " + (yaml.getProblemMark().getLine() + 1) + ": " + yaml.getProblem();
  }

  /** Spring Boot does not say which file it was reading. */
  private static String file(List<String> folders) {
    return folders.stream()
        .flatMap(folder ->
            Stream.of("application.yaml", "application.yml").map(Path.of(folder)::resolve))
        .filter(Files::isRegularFile)
        .filter(path -> !isYaml(path))
        .findFirst()
        .map(path -> path.normalize().toString())
        .orElse("the configuration");
  }

  private static boolean isYaml(Path path) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    try (Reader reader = Files.newBufferedReader(path)) {
      new Yaml(new SafeConstructor(options)).loadAll(reader).forEach(document -> {});
      return true;
    } catch (MarkedYAMLException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}
