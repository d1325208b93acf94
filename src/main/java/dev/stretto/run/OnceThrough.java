package dev.stretto.run;

import dev.stretto.dispatch.Dispatcher;
import java.util.function.BooleanSupplier;

/** An ordinary run: once everything is settled it ends. */
record OnceThrough(Dispatcher dispatcher) implements Watch {

  @Override
  public void look() {}

  @Override
  public boolean stays() {
    return false;
  }

  @Override
  public boolean awaitIdle(long lastId, BooleanSupplier sooner) {
    return dispatcher.awaitIdle(Backlog.LOOK, sooner);
  }

  @Override
  public boolean awaitNews(long lastId, long atMost) {
    return false;
  }

  @Override
  public boolean rang() {
    return false;
  }

  @Override
  public boolean turnIsOver() {
    return false;
  }

  @Override
  public void passOn() {}

  @Override
  public void close() {}
}
