package dev.stretto;

import dev.stretto.cli.CommandRun;

/** Runs one command and exits with its code. */
public final class StrettoApplication {

  private StrettoApplication() {}

  public static void main(String[] args) {
    System.exit(CommandRun.onStandardStreams().run(args));
  }
}
