package dev.stretto.benchmark;

/**
 * What all cases share.
 *
 * @param stores makes their databases
 * @param scale what the numbers of messages and rows are multiplied by, more than 0
 */
record Site(Distribution distribution, Stores stores, double scale) {

  /** A number of messages or rows at this scale, at least 100. */
  long scaled(double full) {
    return Math.max(100, Math.round(full * scale));
  }
}
