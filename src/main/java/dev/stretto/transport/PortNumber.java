package dev.stretto.transport;

/** What the number of a port may be. */
public final class PortNumber {

  public static final int HIGHEST = 65_535;

  /** What is wrong with a setting that has another. */
  public static final String PROBLEM = "has a port that can't be one; use 1 to " + HIGHEST;

  private PortNumber() {}

  /** Whether something can be reached there. */
  public static boolean isOne(int port) {
    return port >= 1 && port <= HIGHEST;
  }
}
