package dev.stretto.transport.exec;

import dev.stretto.transport.InvalidSettingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code stretto.channels.<channel>.exec} says.
 *
 * @param command the program and its arguments; required
 * @param directory the folder that the program is started in; null for Stretto's own
 * @param environment variables that the program gets beside those of Stretto itself
 * @param timeout how long a call may take before its outcome counts as unknown, the program's start
 *     included; more than 0
 * @param ready how long a program that was just started may take to say that it is ready, before
 *     its first message is written all the same; from 0, and less than the timeout
 * @param processes how many programs run side by side, 1 or more
 */
record ExecSettings(
    @DefaultValue List<String> command,
    @Nullable Path directory,
    @DefaultValue Map<String, String> environment,
    @DefaultValue("30s") Duration timeout,
    @DefaultValue("1s") Duration ready,
    @DefaultValue("1") Integer processes) {

  /** Tells the program for which channel it runs. */
  static final String CHANNEL = "STRETTO_CHANNEL";

  /** Tells the program how many messages it may have at once. */
  static final String WINDOW = "STRETTO_WINDOW";

  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  /** Checks everything, as far as that can be done without starting the program. */
  void check() {
    if (command.isEmpty() || command.getFirst().isBlank()) {
      throw new InvalidSettingException(
          "exec.command",
          "is required; give the program and its arguments as a list, such as [python3, send.py]");
    }
    if (command.stream().anyMatch(ExecSettings::hasNul)) {
      throw new InvalidSettingException(
          "exec.command", "has the character U+0000, which no program can be given");
    }
    environment.forEach(ExecSettings::checkVariable);
    checkTimes();
    if (processes < 1) {
      throw new InvalidSettingException("exec.processes", "must be 1 or more");
    }
    if (directory != null && !Files.isDirectory(directory)) {
      throw new InvalidSettingException("exec.directory", "there is no such folder: " + directory);
    }
    ProgramPath.check(command.getFirst(), directory);
  }

  private void checkTimes() {
    if (!timeout.isPositive()) {
      throw new InvalidSettingException("exec.timeout", "must be more than 0, such as 30s");
    }
    if (timeout.compareTo(LONGEST_WAIT) > 0) {
      throw new InvalidSettingException(
          "exec.timeout", "must be " + LONGEST_WAIT.toDays() + "d or less, such as 30s");
    }
    if (ready.isNegative()) {
      throw new InvalidSettingException("exec.ready", "must not be negative");
    }
    if (ready.compareTo(timeout) >= 0) {
      throw new InvalidSettingException("exec.ready", "must be shorter than exec.timeout");
    }
  }

  private static void checkVariable(String name, String value) {
    if (name.isEmpty() || name.contains("=") || hasNul(name)) {
      throw new InvalidSettingException(
          "exec.environment." + name, "is no name of an environment variable");
    }
    if (hasNul(value)) {
      throw new InvalidSettingException(
          "exec.environment." + name, "has the character U+0000, which no variable can have");
    }
    if (Set.of(CHANNEL, WINDOW).contains(name)) {
      throw new InvalidSettingException(
          "exec.environment." + name, "is set by Stretto; choose another name");
    }
  }

  private static boolean hasNul(String text) {
    return text.indexOf('\0') >= 0;
  }

  /** Without the command and the environment: they may hold secrets. */
  @Override
  public String toString() {
    return "ExecSettings[timeout=" + timeout + ", processes=" + processes + "]";
  }
}
