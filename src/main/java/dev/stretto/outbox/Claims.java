package dev.stretto.outbox;

import java.util.ArrayList;
import java.util.List;

/**
 * The messages of a channel that are durably marked as about to start and not settled: the text in
 * {@code outbox_channel.claims}. One short text for all of them costs one row a transaction,
 * however many are claimed in it.
 *
 * @param each in no particular order; the text is shortest in that of the positions
 */
public record Claims(List<Claim> each) {

  /** Nothing is claimed. */
  public static final Claims NONE = new Claims(List.of());

  public Claims {
    each = List.copyOf(each);
  }

  /**
   * A claimed message.
   *
   * @param position its place in the channel, from 1
   * @param id its row
   */
  public record Claim(long position, long id) {}

  /**
   * Runs of claims whose positions and ids both rise by one, separated by spaces: {@code
   * position:id} of the first, and how many follow, as in {@code 7:12 9:14+61}.
   */
  String text() {
    StringBuilder text = new StringBuilder();
    for (int from = 0; from < each.size(); ) {
      int to = endOfRun(from);
      Claim first = each.get(from);
      if (from > 0) {
        text.append(' ');
      }
      text.append(first.position()).append(':').append(first.id());
      if (to > from) {
        text.append('+').append(to - from);
      }
      from = to + 1;
    }
    return text.toString();
  }

  private int endOfRun(int from) {
    int to = from;
    while (to + 1 < each.size() && follows(each.get(to), each.get(to + 1))) {
      to++;
    }
    return to;
  }

  private static boolean follows(Claim one, Claim other) {
    return other.position() == one.position() + 1 && other.id() == one.id() + 1;
  }

  /**
   * Reads {@link #text} again.
   *
   * @throws IllegalStateException where it is no such text
   */
  static Claims of(String text) {
    List<Claim> claims = new ArrayList<>();
    for (String run : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
      int colon = run.indexOf(':');
      int plus = run.indexOf('+');
      try {
        long position = Long.parseLong(run, 0, colon, 10);
        long id = Long.parseLong(run, colon + 1, plus < 0 ? run.length() : plus, 10);
        int following = plus < 0 ? 0 : Integer.parseInt(run, plus + 1, run.length(), 10);
        for (int i = 0; i <= following; i++) {
          claims.add(new Claim(position + i, id + i));
        }
      } catch (NumberFormatException | IndexOutOfBoundsException e) {
        throw new IllegalStateException("outbox_channel.claims has no claim at '" + run + "'", e);
      }
    }
    return new Claims(claims);
  }
}
