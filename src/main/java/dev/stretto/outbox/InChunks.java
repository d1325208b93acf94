package dev.stretto.outbox;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;

/** Statements over many values, of which each has only so many. */
final class InChunks {

  private static final int MOST = 100;

  private InChunks() {}

  /** So many parameters, for between the brackets of {@code in}. */
  static String marks(int count) {
    return String.join(", ", Collections.nCopies(count, "?"));
  }

  /**
   * Those values for which a question finds a row; of each, no more than the first is read.
   *
   * @param question of one value, its only parameter
   */
  static Set<String> which(JdbcTemplate jdbc, String question, Collection<String> values) {
    return found(jdbc, question, List.copyOf(values), Stream::of);
  }

  /**
   * The same of a question with two parameters.
   *
   * @param second the other one, of each value
   */
  static Set<String> which(
      JdbcTemplate jdbc, String question, List<String> values, Function<String, ?> second) {
    return found(jdbc, question, values, value -> Stream.of(value, second.apply(value)));
  }

  private static Set<String> found(
      JdbcTemplate jdbc,
      String question,
      List<String> all,
      Function<String, Stream<?>> parameters) {
    Set<String> found = new HashSet<>();
    for (int from = 0; from < all.size(); from += MOST) {
      List<String> some = all.subList(from, Math.min(all.size(), from + MOST));
      jdbc.query(
          which(question, some.size()),
          row -> {
            found.add(some.get(row.getInt(1)));
          },
          some.stream().flatMap(parameters).toArray());
    }
    return found;
  }

  /** Selects the numbers of those values, of so many, for which the question finds a row. */
  static String which(String question, int values) {
    return IntStream.range(0, values)
        .mapToObj(value -> "select %d where exists (%s)".formatted(value, question))
        .collect(Collectors.joining(" union all "));
  }
}
