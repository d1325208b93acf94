package dev.stretto.run;

import dev.stretto.dispatch.Dispatcher;
import dev.stretto.ledger.KeyLanes;
import dev.stretto.message.Message;
import dev.stretto.outbox.MessageTable;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A backlog in lanes, one for each key. Positions are given as rows are read, far ahead of the
 * window; of a long lane all but the first messages wait on disk, so that a hot key neither fills
 * the memory nor stands before the others.
 *
 * <p>Reads what has a position first, then new rows by id; all along, what is held of lanes that
 * run low. It is used by the step's thread, and has the recorder's thread write.
 */
final class KeyBacklog implements Backlog {

  private final String channel;
  private final MessageTable messages;
  private final Dispatcher dispatcher;
  private final KeyLanes lanes;
  private final Writer writer;
  private final Watch watch;
  private final LookBacks lookBacks;
  private final Page page;
  private long left;
  private boolean swept;

  /** Whether anything was read since everything was looked at. */
  private boolean owesLookBack = true;

  private long lastPosition;
  private long lastId;

  KeyBacklog(
      MessageTable messages,
      Dispatcher dispatcher,
      KeyLanes lanes,
      Writer writer,
      Watch watch,
      Limits limits,
      LongSupplier nanos) {
    this.channel = limits.channel();
    this.messages = messages;
    this.dispatcher = dispatcher;
    this.lanes = lanes;
    this.writer = writer;
    this.watch = watch;
    this.left = limits.messages();
    this.page = new Page(messages);
    this.lookBacks = new LookBacks(nanos);
  }

  /** Writes in one transaction, as {@link Recorder#write} does. */
  interface Writer {
    List<Message> write(List<Message> unpositioned, LongFunction<List<Message>> work);
  }

  @Override
  public @Nullable Message read() {
    if (left == 0
        || dispatcher.stopped() != null
        || watch.turnIsOver()
        || (page.isEmpty() && !look(false))) {
      return null;
    }
    left--;
    owesLookBack = true;
    return page.remove();
  }

  @Override
  public boolean awaitMore(Runnable meanwhile) {
    boolean idle = false;
    while (left > 0 && dispatcher.stopped() == null) {
      watch.look();
      if (watch.turnIsOver()) {
        if (idle) {
          watch.passOn();
        }
      } else if (look(idle && (!watch.stays() || untilLookBack() < 0))) {
        return true;
      } else if (idle && !dispatcher.conclude() && !watch.awaitNews(lastId, untilLookBack())) {
        return false;
      }
      owesLookBack |= watch.rang();
      idle = watch.awaitIdle(lastId, lanes::wanted);
      meanwhile.run();
    }
    return false;
  }

  /** Whatever came before is found then; what comes from now on rings. */
  private long untilLookBack() {
    return owesLookBack ? lookBacks.untilDue(LOOK) : Long.MAX_VALUE;
  }

  /**
   * Fills the page.
   *
   * @param everywhere whether to look back in any case
   */
  private boolean look(boolean everywhere) {
    boolean lookBack = everywhere || lookBacks.due(LOOK_BACK);
    boolean more = true;
    while (page.isEmpty() && more && dispatcher.stopped() == null) {
      if (swept) {
        more = lookBack ? lookBack() : readOn(false);
        lookBack = false;
      } else {
        sweep();
      }
    }
    return !page.isEmpty();
  }

  /**
   * Takes in what has a position already, before anything else: of a key it precedes all that is
   * held, which must therefore wait until this is over.
   */
  private void sweep() {
    List<Message> found = messages.positioned(channel, lastPosition, PAGE);
    if (found.size() < PAGE) {
      swept = true;
    }
    if (!found.isEmpty()) {
      lastPosition = found.getLast().position();
      page.addAll(writer.write(List.of(), last -> lanes.admit(found, last)));
    }
  }

  private boolean lookBack() {
    lookBacks.begin();
    lastId = 0;
    boolean more = readOn(true);
    lookBacks.end();
    owesLookBack = more;
    return more;
  }

  /** Whether there may be still more to read. */
  private boolean readOn(boolean lookBack) {
    if (lookBack || lanes.wanted()) {
      page.addAll(writer.write(List.of(), last -> lanes.fetch(lookBack)));
    }
    List<Message> found = messages.unpositioned(channel, lastId, PAGE);
    if (!found.isEmpty()) {
      lastId = found.getLast().id();
      page.addAll(writer.write(found, last -> lanes.admit(found, last)));
    }
    return !found.isEmpty() || lanes.wanted();
  }

  /**
   * Of what, and how much, to read.
   *
   * @param channel the channel's name
   * @param messages the most messages to read, 0 or more
   */
  record Limits(String channel, long messages) {}
}
