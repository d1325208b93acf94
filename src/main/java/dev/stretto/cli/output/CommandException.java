package dev.stretto.cli.output;

/** Ends a command with a code and one line for people. */
public final class CommandException extends RuntimeException {

  private final ExitCode exitCode;

  public CommandException(ExitCode exitCode, String line) {
    super(line);
    this.exitCode = exitCode;
  }

  public CommandException(ExitCode exitCode, String line, Throwable cause) {
    super(line, cause);
    this.exitCode = exitCode;
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
