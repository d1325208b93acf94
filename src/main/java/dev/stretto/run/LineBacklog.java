package dev.stretto.run;

import dev.stretto.dispatch.Dispatcher;
import dev.stretto.dispatch.Task;
import dev.stretto.message.Message;
import dev.stretto.outbox.MessageTable;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A backlog in one line: first what has a position, then new rows by id, which get theirs when they
 * are claimed.
 */
final class LineBacklog implements Backlog {

  private final String channel;
  private final MessageTable messages;
  private final Dispatcher dispatcher;
  private final Watch watch;
  private final LookBacks lookBacks;
  private final Page page;

  /** Ids of those read that the table may still show as waiting. */
  private final Set<Long> mayShowAsWaiting = ConcurrentHashMap.newKeySet();

  /** Whether anything was read since everything was looked at. */
  private boolean owesLookBack = true;

  private long left;
  private long lastPosition;
  private long lastId;

  /**
   * @param limit the most messages to read, 0 or more
   */
  LineBacklog(
      String channel,
      MessageTable messages,
      Dispatcher dispatcher,
      Watch watch,
      long limit,
      LongSupplier nanos) {
    this.channel = channel;
    this.messages = messages;
    this.dispatcher = dispatcher;
    this.watch = watch;
    this.left = limit;
    this.page = new Page(messages);
    this.lookBacks = new LookBacks(nanos);
  }

  @Override
  public @Nullable Message read() {
    if (left == 0
        || dispatcher.stopped() != null
        || watch.turnIsOver()
        || (page.isEmpty() && !look(LOOK_BACK))) {
      return null;
    }
    left--;
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
      } else if (look(LOOK) || (idle && !watch.stays() && lookEverywhere())) {
        return true;
      } else if (idle && !dispatcher.conclude() && !watch.awaitNews(lastId, untilLookBack())) {
        return false;
      }
      owesLookBack |= watch.rang();
      idle = watch.awaitIdle(lastId, () -> false);
      meanwhile.run();
    }
    return false;
  }

  /** Whatever came before is found then; what comes from now on rings. */
  private long untilLookBack() {
    return owesLookBack ? lookBacks.untilDue(LOOK) : Long.MAX_VALUE;
  }

  /** The table no longer shows these as waiting. Thread-safe. */
  void forget(List<Task> tasks) {
    tasks.forEach(task -> mayShowAsWaiting.remove(task.message().id()));
  }

  /**
   * Fills the page.
   *
   * @param pause how long ago everything was looked at, for it to be looked at again
   */
  private boolean look(Duration pause) {
    if (!page.isEmpty()) {
      return true;
    }
    if (lookBacks.due(pause)) {
      lookBack();
    } else {
      readOn();
      if (page.isEmpty()) {
        add(messages.unpositioned(channel, lastId, PAGE));
      }
    }
    return !page.isEmpty();
  }

  /** What has a position, but for what is in memory and only gave its claim back. */
  private void readOn() {
    while (page.isEmpty() && !messages.positioned(channel, lastPosition, 1).isEmpty()) {
      Set<Long> known = Set.copyOf(mayShowAsWaiting);
      List<Message> found = messages.positioned(channel, lastPosition, PAGE);
      add(unknown(found, known));
      if (!found.isEmpty()) {
        lastPosition = Math.max(lastPosition, found.getLast().position());
      }
    }
  }

  /** Before the run ends, whatever it costs. */
  private boolean lookEverywhere() {
    lookBack();
    return !page.isEmpty();
  }

  /**
   * Looks at everything that waits, for ids can become visible late and positions can come back.
   * What is known is left out. The known ids are taken before the query, so that none of them is
   * taken for a new one when its row changes in between. More rows are looked at than ids are
   * known, so that something is found where there is anything.
   *
   * <p>INVARIANT: no new row is read while the table may have one with a position that was not: the
   * new one's position will be higher.
   */
  private void lookBack() {
    lookBacks.begin();
    Set<Long> known = Set.copyOf(mayShowAsWaiting);
    int most = PAGE + known.size();
    List<Message> positioned = messages.positioned(channel, 0, most);
    add(unknown(positioned, known));
    if (positioned.size() < most) {
      add(unknown(messages.unpositioned(channel, 0, most), known));
    }
    lookBacks.end();
    owesLookBack = !page.isEmpty();
  }

  private static List<Message> unknown(List<Message> found, Set<Long> known) {
    return found.stream().filter(message -> !known.contains(message.id())).toList();
  }

  private void add(List<Message> found) {
    owesLookBack |= !found.isEmpty();
    for (Message message : found) {
      mayShowAsWaiting.add(message.id());
      page.add(message);
      if (message.positioned()) {
        lastPosition = Math.max(lastPosition, message.position());
      } else {
        lastId = Math.max(lastId, message.id());
      }
    }
  }
}
