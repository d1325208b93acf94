package dev.stretto.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Explains a configuration that Spring Boot could not read. */
final class ConfigurationFailure {

  private ConfigurationFailure() {}

  /** Returns what to throw: one line where the fault is the user's, the failure itself where it is not. */
  static RuntimeException explain(RuntimeException failure, List<String> folders) {
    MarkedYAMLException yaml = Messages.find(failure, MarkedYAMLException.class);
    if (yaml != null) {
      return new CommandException(ExitCode.USAGE, where(yaml, folders), failure);
    }
    BindException bind = Messages.find(failure, BindException.class);
    if (bind != null) {
      return new CommandException(
          ExitCode.USAGE, bind.getName() + ": the value can't be used", failure);
    }
    return failure;
  }

  private static String where(MarkedYAMLException yaml, List<String> folders) {
    int line = yaml.getProblemMark() == null ? 0 : yaml.getProblemMark().getLine() + 1;
    return folders + ", line " + line + ": " + yaml.getProblem();
  }
}
