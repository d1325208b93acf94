package dev.stretto.cli;

/** What a command's end means to the script or timer that started it. */
enum ExitCode {
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

  int code() {
    return code;
  }
}
