package dev.stretto.boot;

import dev.stretto.batch.ApplicationRuns;
import org.springframework.context.SmartLifecycle;

/** Has runs end before anything that they use does. */
final class StopsRuns implements SmartLifecycle {

  private final ApplicationRuns runs;
  private volatile boolean running;

  StopsRuns(ApplicationRuns runs) {
    this.runs = runs;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    runs.stop();
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
