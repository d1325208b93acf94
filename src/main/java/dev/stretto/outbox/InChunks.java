package dev.stretto.outbox;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import org.springframework.jdbc.core.JdbcTemplate;

/** Statements over many values, of which each has only so many. */
final class InChunks {

  private static final int MOST = 500;

  private InChunks() {}

  /** So many parameters, for between the brackets of {@code in}. */
  static String marks(int count) {
    return String.join(", ", Collections.nCopies(count, "?"));
  }

  /**
   * Whether a question of some values is answered with more than 0; asks until it is.
   *
   * @param question of so many values
   */
  static boolean any(JdbcTemplate jdbc, IntFunction<String> question, Collection<String> values) {
    List<String> all = new ArrayList<>(values);
    for (int from = 0; from < all.size(); from += MOST) {
      List<String> some = all.subList(from, Math.min(all.size(), from + MOST));
      Long count = jdbc.queryForObject(question.apply(some.size()), Long.class, some.toArray());
      if (count != null && count > 0) {
        return true;
      }
    }
    return false;
  }
}
