package dev.stretto.transport.http.answer;

/** Whether an answer is as a rule wants it. */
enum Fit {
  YES,
  NO,
  /** The rule needs what the answer's body says, which can't be read. */
  UNTOLD;

  static Fit of(boolean fits) {
    return fits ? YES : NO;
  }
}
