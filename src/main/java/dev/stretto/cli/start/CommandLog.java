package dev.stretto.cli.start;

import org.slf4j.LoggerFactory;

/**
 * Where a command's log goes. The file that says so is at a place of Stretto's own, for a {@code
 * logback.xml} would have a say in every application that has this jar.
 */
public final class CommandLog {

  private static final String FILE = "logback.configurationFile";

  private CommandLog() {}

  /** Has Logback find that file, whoever logs first. Loads nothing of it. */
  public static void choose() {
    if (System.getProperty(FILE) == null) {
      System.setProperty(FILE, "dev/stretto/cli/start/logback.xml");
    }
  }

  /** From now on {@code logging.config} counts, and Spring Boot warns of whoever names another. */
  static void leaveToSpring() {
    LoggerFactory.getILoggerFactory();
    System.clearProperty(FILE);
  }
}
