package dev.stretto.cli;

import dev.stretto.cli.output.PlainText;
import java.io.Console;
import java.io.PrintWriter;
import java.util.List;

/**
 * Where text for people is shown that is replaced again and again: in place on a terminal, block
 * under block elsewhere.
 */
final class WatchScreen implements AutoCloseable {

  private static final String HIDE_CURSOR = "\u001b[?25l";
  private static final String SHOW_CURSOR = "\u001b[?25h";
  private static final String CLEAR = "\u001b[2J";
  private static final String HOME = "\u001b[H";
  private static final String CLEAR_BELOW = "\u001b[J";

  private final PrintWriter out;
  private final boolean terminal;
  private boolean shown;

  WatchScreen(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Whether somebody sits at a terminal, from which this process reads and to which it writes. */
  @SuppressWarnings("SystemConsoleNull") // some versions of Java return null where there is none
  static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Replaces what was shown before. */
  void show(List<String> lines) {
    if (terminal) {
      // cleared before it is written: behind a line as wide as the terminal, its last character
      // would go
      out.print(shown ? HOME + CLEAR_BELOW : HIDE_CURSOR + CLEAR + HOME);
      lines.forEach(line -> out.print(line + "\n"));
    } else {
      if (shown) {
        out.println();
      }
      lines.forEach(out::println);
    }
    out.flush();
    shown = true;
  }

  /** Adds a line to what is shown, until that is replaced. */
  void add(String line) {
    out.println(PlainText.line(line));
    out.flush();
  }

  /** Leaves the terminal as it was found, below what is shown. */
  @Override
  public void close() {
    if (terminal && shown) {
      out.print(SHOW_CURSOR);
      out.flush();
    }
  }
}
