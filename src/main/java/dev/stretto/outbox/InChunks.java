package dev.stretto.outbox;

import dev.stretto.database.Vendor;
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

/** Asks the same question of many values: in a few statements, of which each has only so many. */
final class InChunks {

  private static final int MOST = 100;

  private final JdbcTemplate jdbc;
  private final boolean arrays;

  private InChunks(JdbcTemplate jdbc, boolean arrays) {
    this.jdbc = jdbc;
    this.arrays = arrays;
  }

  static InChunks of(JdbcTemplate jdbc) {
    return new InChunks(jdbc, Vendor.of(jdbc) == Vendor.H2);
  }

  /** So many parameters, for between the brackets of {@code in}. */
  static String marks(int count) {
    return String.join(", ", Collections.nCopies(count, "?"));
  }

  /**
   * Those values for which a question finds a row; of each, no more than the first is read. H2 is
   * given them all as an array, for it takes several times as long to parse a question for each as
   * to answer it.
   *
   * @param question of one value, its only parameter
   */
  Set<String> which(String question, Collection<String> values) {
    if (!arrays || values.isEmpty()) {
      return found(question, List.copyOf(values), Stream::of);
    }
    Object array = values.toArray(String[]::new);
    return new HashSet<>(jdbc.queryForList(whichOfArray(question), String.class, array));
  }

  /**
   * The same of a question with two parameters.
   *
   * @param second the other one, of each value
   */
  Set<String> which(String question, List<String> values, Function<String, ?> second) {
    return found(question, values, value -> Stream.of(value, second.apply(value)));
  }

  private Set<String> found(
      String question, List<String> all, Function<String, Stream<?>> parameters) {
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

  /** Selects those values of an array, the only parameter, for which the question finds a row. */
  static String whichOfArray(String question) {
    return "select asked.name from unnest(cast(? as varchar array)) asked(name) where exists (%s)"
        .formatted(question.replace("?", "asked.name"));
  }
}
