package dev.stretto.transport.exec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what a program writes to standard error, a line at a time: so many lines a second, however
 * many there are, and of each the beginning.
 */
final class StandardError implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(StandardError.class);

  private static final int LONGEST = 2000;
  private static final int LINES_A_SECOND = 20;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final String name;
  private final InputStream in;
  private final ProgramText texts;
  private volatile String last = "";

  private long since = System.nanoTime();
  private int shown;
  private long passedOver;

  StandardError(String name, InputStream in, ProgramText texts) {
    this.name = name;
    this.in = in;
    this.texts = texts;
  }

  /** The last line that said something, shortened; empty where there was none. */
  String last() {
    return last;
  }

  @Override
  public void run() {
    Lines lines = new Lines(in, LONGEST);
    try {
      for (Lines.Line line = lines.next(); line != null; line = lines.next()) {
        String text = texts.reason(new String(line.bytes(), UTF_8));
        if (!text.isEmpty()) {
          log(text);
          last = texts.excerpt(line.bytes());
        }
      }
    } catch (IOException _) {
      // It ended with the program.
    }
    tellPassedOver();
  }

  private void log(String text) {
    long now = System.nanoTime();
    if (now - since >= SECOND) {
      tellPassedOver();
      since = now;
      shown = 0;
    }
    if (shown < LINES_A_SECOND) {
      shown++;
      LOG.info("{}: {}", name, text);
    } else {
      passedOver++;
    }
  }

  private void tellPassedOver() {
    if (passedOver > 0) {
      LOG.info("{}: and {} more lines on standard error", name, passedOver);
      passedOver = 0;
    }
  }
}
