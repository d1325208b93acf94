package dev.stretto.cli.output;

import java.util.stream.Stream;

/** What a command's end means to the script or timer that started it. */
public enum ExitCode {
  /** Done. */
  DONE(0),
  /** Failed; the line on standard error says why. */
  FAILED(1),
  /** Wrong usage or configuration; the line names the option or property. */
  USAGE(2),
  /** Done, and messages were parked in this run. */
  PARKED(3),
  /**
   * Nothing is wrong here: the channel is held by another run, or the destination is unavailable.
   */
  TRY_LATER(75);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /**
   * The one of two that whoever launched has to know: a configuration that a person has to mend
   * outweighs a failure, that outweighs the need to try again, and that parked messages.
   */
  public ExitCode or(ExitCode other) {
    return Stream.of(USAGE, FAILED, TRY_LATER, PARKED)
        .filter(code -> code == this || code == other)
        .findFirst()
        .orElse(DONE);
  }
}
