package dev.stretto;

/** Starts Spring, runs one command, exits with its code. */
public final class StrettoApplication {

  private StrettoApplication() {}

  public static void main(String[] args) {}
}
