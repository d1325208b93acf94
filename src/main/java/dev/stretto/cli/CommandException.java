package dev.stretto.cli;

/** Ends a command with a code and one line for people. */
final class CommandException extends RuntimeException {

  private final ExitCode exitCode;

  CommandException(ExitCode exitCode, String line) {
    super(line);
    this.exitCode = exitCode;
  }

  CommandException(ExitCode exitCode, String line, Throwable cause) {
    super(line, cause);
    this.exitCode = exitCode;
  }

  ExitCode exitCode() {
    return exitCode;
  }
}
