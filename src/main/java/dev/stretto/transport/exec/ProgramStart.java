package dev.stretto.transport.exec;

import java.io.IOException;
import java.util.Map;

/** Starts a channel's program; what is the same for each start is made once. */
final class ProgramStart {

  private final String channel;
  private final ExecSettings settings;
  private final int window;
  private final ProgramText texts;

  ProgramStart(String channel, ExecSettings settings, int window) {
    this.channel = channel;
    this.settings = settings;
    this.window = window;
    this.texts = new ProgramText(settings.environment().values());
  }

  /** What is shown of the program's words. */
  ProgramText texts() {
    return texts;
  }

  /**
   * Starts it.
   *
   * @throws IOException where it can't be started, now
   */
  Process start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(settings.command());
    if (settings.directory() != null) {
      builder.directory(settings.directory().toFile());
    }
    Map<String, String> environment = builder.environment();
    environment.putAll(settings.environment());
    environment.put(ExecSettings.CHANNEL, channel);
    environment.put(ExecSettings.WINDOW, Integer.toString(window));
    return builder.start();
  }
}
