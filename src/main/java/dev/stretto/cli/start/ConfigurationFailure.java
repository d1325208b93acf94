package dev.stretto.cli.start;

import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ErrorText;
import dev.stretto.cli.output.ExitCode;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataException;
import org.springframework.boot.context.properties.bind.BindException;

/** Explains a configuration that Spring Boot could not read. */
final class ConfigurationFailure {

  private ConfigurationFailure() {}

  /**
   * Returns what to throw: one line where the fault is the user's, the failure itself where it is
   * not.
   */
  static RuntimeException explain(RuntimeException failure) {
    ConfigDataException file = ErrorText.find(failure, ConfigDataException.class);
    if (file != null) {
      return new CommandException(
          ExitCode.USAGE,
          ErrorText.firstLine(file)
              + "; correct spring.config.import or spring.config.location, or write optional:"
              + " before it",
          failure);
    }
    CommandException property = property(failure);
    return property == null ? failure : property;
  }

  /** Names the property that Spring Boot could not use, or is null where that was not the fault. */
  static @Nullable CommandException property(Exception failure) {
    BindException bind = ErrorText.find(failure, BindException.class);
    return bind == null
        ? null
        : new CommandException(
            ExitCode.USAGE, bind.getName() + ": the value can't be used", failure);
  }
}
