package dev.stretto;

import dev.stretto.cli.CommandLineMain;

/** Runs one command and exits with its code. */
public final class StrettoApplication {

  private StrettoApplication() {}

  public static void main(String[] args) {
    System.exit(CommandLineMain.onStandardStreams().run(args));
  }
}
