package dev.stretto.run;

import dev.stretto.message.Message;
import dev.stretto.outbox.MessageTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What a backlog has read and not given out yet. Payloads that were left in the table are read
 * shortly before, some at once, so that a message of a few kilobytes costs no query of its own; one
 * that is longer than that is given out without, for whoever has room for it.
 */
final class Page {

  /** The most bytes of payload read at once. */
  private static final long AT_ONCE = 128 * 1024;

  private final MessageTable messages;
  private final ArrayDeque<Message> read = new ArrayDeque<>();
  private final ArrayDeque<Message> ready = new ArrayDeque<>();

  Page(MessageTable messages) {
    this.messages = messages;
  }

  boolean isEmpty() {
    return read.isEmpty() && ready.isEmpty();
  }

  void add(Message message) {
    read.add(message);
  }

  void addAll(Collection<Message> found) {
    read.addAll(found);
  }

  /** The next message, of which there must be one. */
  Message remove() {
    if (ready.isEmpty()) {
      makeReady();
    }
    return ready.remove();
  }

  private void makeReady() {
    List<Message> next = new ArrayList<>();
    long bytes = 0;
    do {
      Message message = read.remove();
      next.add(message);
      bytes += message.payloadBytes();
    } while (!read.isEmpty() && bytes + read.getFirst().payloadBytes() <= AT_ONCE);
    ready.addAll(bytes <= AT_ONCE ? messages.whole(next) : next);
  }
}
