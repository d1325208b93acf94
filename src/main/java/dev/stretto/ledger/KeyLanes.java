package dev.stretto.ledger;

import dev.stretto.dispatch.Dispatcher;
import dev.stretto.dispatch.Task;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which messages of which key are in memory, and which are held on disk behind them.
 *
 * <p>INVARIANT (key order): of a key, what is in memory precedes what is held, for a message comes
 * into memory only while none of its key is held, or as the first of those. INVARIANT (memory): of
 * a key at most a lane's depth is in memory.
 *
 * <p>Used on the recorder's thread only, but for {@link #wanted}; what writes runs in a fenced
 * transaction, so that nobody's decision about a parked message falls in between.
 */
public final class KeyLanes {

  /** The most messages that come into memory at once. */
  private static final int PAGE = 200;

  /** The most lanes that an earlier run left, or that were released, taken up at once. */
  private static final int LANES = 50;

  private final String channel;
  private final Tables tables;
  private final Dispatcher dispatcher;
  private final int depth;
  private final Map<String, InMemory> lanes = new HashMap<>();

  /** Ids of those that are or were in memory and that the table may show as waiting. */
  private final Set<Long> waiting = new HashSet<>();

  /** Lanes with held messages of which few are in memory. */
  private final Set<String> low = new LinkedHashSet<>();

  /** The last lane on disk that was looked at; null where all were. */
  private @Nullable String lookedAt = "";

  private boolean fetching;
  private volatile boolean wanted = true;

  KeyLanes(String channel, Tables tables, Dispatcher dispatcher, int depth) {
    this.channel = channel;
    this.tables = tables;
    this.dispatcher = dispatcher;
    this.depth = depth;
  }

  /** What is known of a key that has messages in memory, or soon will have. */
  private static final class InMemory {

    /** Of the key, admitted and neither settled nor held again. */
    int messages;

    /** Whether others of the key are held on disk. */
    boolean more;

    /** Whether one of the key was set aside, so that those in memory are held again. */
    boolean blocked;
  }

  /** Whether {@link #fetch} has something to fetch; may be asked on any thread. */
  public boolean wanted() {
    return wanted;
  }

  /**
   * Takes rows in: into memory, or on hold behind others of their key.
   *
   * @param rows in the order of their positions, or new ones by id, of which each gets the next
   * @param lastPosition the highest position given so far
   * @return those that came into memory, in the same order
   */
  public List<Message> admit(List<Message> rows, long lastPosition) {
    holdAgain();
    Map<String, Boolean> onDisk = tables.lanes().find(channel, keysNotInMemory(rows));
    List<Message> admitted = new ArrayList<>();
    List<Message> placed = new ArrayList<>();
    List<Message> held = new ArrayList<>();
    Set<String> opened = new LinkedHashSet<>();
    long position = lastPosition;
    for (Message row : rows) {
      Message message = row.positioned() ? row : row.at(++position);
      String key = row.orderingKey();
      if (key != null && (onDisk.containsKey(key) || crowded(key, opened))) {
        held.add(message);
      } else {
        enter(message);
        admitted.add(message);
        if (!row.positioned()) {
          placed.add(message);
        }
      }
    }
    tables.messages().place(placed, false);
    tables.messages().place(held, true);
    tables.held().hold(held);
    tables.lanes().open(channel, opened);
    return admitted;
  }

  private Set<String> keysNotInMemory(List<Message> rows) {
    Set<String> keys = new LinkedHashSet<>();
    for (Message row : rows) {
      String key = row.orderingKey();
      if (key != null && !lanes.containsKey(key)) {
        keys.add(key);
      }
    }
    return keys;
  }

  /** Whether a message of the key has to be held; notes where it is the first of its key. */
  private boolean crowded(String key, Set<String> opened) {
    InMemory lane = lanes.get(key);
    if (lane == null || (!lane.more && !lane.blocked && lane.messages < depth)) {
      return false;
    }
    if (!lane.more && !lane.blocked) {
      lane.more = true;
      opened.add(key);
    }
    return true;
  }

  private void enter(Message message) {
    waiting.add(message.id());
    String key = message.orderingKey();
    if (key != null) {
      lanes.computeIfAbsent(key, k -> new InMemory()).messages++;
    }
  }

  /**
   * Brings into memory what is held of lanes that run low, and of lanes that nobody works on: left
   * by an earlier run, or released since.
   *
   * @param lookBack whether to look at every lane that is not blocked, and for waiting messages
   *     that are not in memory, such as redriven ones; reads about as many index entries as
   *     messages are in memory
   * @return what came into memory, each key's in order
   */
  public List<Message> fetch(boolean lookBack) {
    fetching = true;
    holdAgain();
    List<Message> fetched = new ArrayList<>();
    if (lookBack) {
      fetched.addAll(admit(unknown(), 0));
      lookedAt = Objects.requireNonNullElse(lookedAt, "");
    }
    takeUpLanes();
    List<Message> refilled = refill();
    tables.held().release(refilled);
    tables.messages().unhold(refilled.stream().map(Message::id).toList());
    fetched.addAll(refilled);
    wanted = !low.isEmpty() || lookedAt != null;
    return fetched;
  }

  private List<Message> unknown() {
    List<Long> ids = new ArrayList<>();
    for (long id : tables.messages().positionedIds(channel, waiting.size() + PAGE)) {
      if (!waiting.contains(id) && ids.size() < PAGE) {
        ids.add(id);
      }
    }
    return tables.messages().byIds(ids);
  }

  private void takeUpLanes() {
    if (lookedAt == null) {
      return;
    }
    List<String> keys = tables.lanes().unblocked(channel, lookedAt, LANES);
    for (String key : keys) {
      if (!lanes.containsKey(key)) {
        InMemory lane = new InMemory();
        lane.more = true;
        lanes.put(key, lane);
        low.add(key);
      }
    }
    lookedAt = keys.size() < LANES ? null : keys.getLast();
  }

  private List<Message> refill() {
    List<Message> fetched = new ArrayList<>();
    for (Iterator<String> keys = low.iterator(); keys.hasNext() && fetched.size() < PAGE; ) {
      String key = keys.next();
      keys.remove();
      InMemory lane = lanes.get(key);
      if (lane == null || !lane.more || lane.blocked) {
        continue;
      }
      int room = depth - lane.messages;
      List<Message> next = tables.held().next(channel, key, room);
      next.forEach(this::enter);
      fetched.addAll(next);
      if (next.size() < room) {
        tables.lanes().close(channel, key);
        lane.more = false;
        if (lane.messages == 0) {
          lanes.remove(key);
        }
      }
    }
    return fetched;
  }

  /** These are being settled: whose key is blocked by it, the others of that key are held again. */
  void settling(List<Task> tasks) {
    for (Task task : tasks) {
      Settlement settlement = Objects.requireNonNull(task.settlement());
      String key = task.message().orderingKey();
      if (key != null && settlement.blocksKey()) {
        tables.lanes().block(task.message());
        InMemory lane = lanes.get(key);
        if (lane != null) {
          lane.blocked = true;
        }
      }
      leave(key);
    }
    holdAgain();
  }

  /** The table no longer shows these as waiting: they need not be known any more. */
  public void forget(List<Task> tasks) {
    tasks.forEach(task -> waiting.remove(task.message().id()));
  }

  /** Holds what was offered behind a message that was set aside since. */
  private void holdAgain() {
    List<Message> messages =
        dispatcher.takeHeldBack().stream().map(task -> task.message()).toList();
    if (messages.isEmpty()) {
      return;
    }
    Set<String> keys = new LinkedHashSet<>();
    for (Message message : messages) {
      keys.add(Objects.requireNonNull(message.orderingKey()));
      waiting.remove(message.id());
    }
    // Whoever decided about the parked message meanwhile saw nothing held, and closed the lane.
    Set<String> closed = new LinkedHashSet<>(keys);
    closed.removeAll(tables.lanes().find(channel, keys).keySet());
    tables.lanes().open(channel, closed);
    tables.messages().place(messages, true);
    tables.held().hold(messages);
    messages.forEach(message -> leave(message.orderingKey()));
  }

  private void leave(@Nullable String key) {
    InMemory lane = key == null ? null : lanes.get(key);
    if (key == null || lane == null) {
      return;
    }
    lane.messages--;
    if (lane.blocked) {
      if (lane.messages == 0) {
        // Nothing of the key is on its way to the dispatcher: from now on the table alone tells.
        lanes.remove(key);
        dispatcher.unblock(key);
      }
    } else if (lane.more && (fetching || lane.messages > 0)) {
      if (lane.messages <= depth / 2) {
        low.add(key);
        wanted = true;
      }
    } else if (lane.messages == 0) {
      lanes.remove(key);
    }
  }
}
