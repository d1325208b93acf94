package dev.stretto.run;

import dev.stretto.dispatch.Dispatcher;
import dev.stretto.follow.Bell;
import dev.stretto.follow.Places.Place;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A run that stays: once everything is settled it gives its place to others, and takes one again
 * when its channel's bell rings.
 */
final class Staying implements Watch {

  private final Dispatcher dispatcher;
  private final Bell bell;
  private final Place place;

  Staying(Dispatcher dispatcher, Bell bell, Place place) {
    this.dispatcher = dispatcher;
    this.bell = bell;
    this.place = place;
  }

  @Override
  public void look() {
    bell.look();
  }

  @Override
  public boolean stays() {
    return true;
  }

  @Override
  public boolean awaitIdle(long lastId, BooleanSupplier sooner) {
    bell.await(lastId, false);
    try {
      // While the destination is away, for days maybe, nobody waits for what was committed late.
      Duration pause = dispatcher.standstill() == null ? Backlog.LOOK : Backlog.LOOK_BACK;
      return dispatcher.awaitIdle(pause, () -> bell.rang() || sooner.getAsBoolean());
    } finally {
      bell.awaitNoMore();
    }
  }

  @Override
  public boolean awaitNews(long lastId, long atMost) {
    boolean untilRung = atMost == Long.MAX_VALUE;
    if (untilRung) {
      place.giveBack();
    }
    bell.await(lastId, true);
    try {
      dispatcher.awaitNews(atMost, bell::rang);
    } finally {
      bell.awaitNoMore();
    }
    if (untilRung) {
      takePlace();
    }
    return true;
  }

  @Override
  public boolean rang() {
    return bell.rang();
  }

  @Override
  public boolean turnIsOver() {
    return place.turnIsOver();
  }

  @Override
  public void passOn() {
    place.giveBack();
    takePlace();
  }

  private void takePlace() {
    place.take(() -> dispatcher.stopped() != null);
  }

  @Override
  public void close() {
    bell.close();
  }
}
