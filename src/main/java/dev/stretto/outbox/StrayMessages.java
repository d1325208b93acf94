package dev.stretto.outbox;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Rows of {@code outbox_message} whose places make no sense, so that no run would come upon them:
 * somebody's SQL wrote them, or a backup of a part of the tables was restored. Every look reads a
 * few index entries where there are none.
 */
public final class StrayMessages {

  /** Higher ones are taken for nonsense, for there must be some left to give. */
  private static final long HIGHEST = Long.MAX_VALUE / 2;

  static final String CLAIMED =
      """
      select position, id from outbox_message
       where channel = ? and queue = 2 and position > 0
       order by channel, queue, position
       limit ?
      """;

  static final String HELD =
      """
      select id from outbox_message
       where channel = ? and queue = 3
       order by channel, queue, position
       limit ?
      """;

  private static final String MAX_POSITION =
      "select max(position) from outbox_message where channel = ? and position between ? and ?";

  /** H2 keeps what it understood of a plain select for the next time, but not of a union. */
  private static final Collector<CharSequence, ?, String> UNION =
      Collectors.joining("union all\n", "select * from (\n", ") found\n");

  /** Whatever it was, it gets a place of its own among the parked messages. */
  private static final String PARK =
      """
      update outbox_message
         set status = 'PARKED', queue = 4, position = ?, last_error = ?, fence = ?,
             settled_at = current_timestamp(3)
       where id = ?
      """;

  private final JdbcTemplate jdbc;

  public StrayMessages(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * What is wrong with a row's place, and how such rows are found in the index: H2 takes ranges
   * with their ends only, and nothing that is not null.
   */
  private enum Kind {
    PLACED_BUT_NEW(
        "queue = 0 and position >= " + -Long.MAX_VALUE, "position: given by somebody else"),
    UNPLACED_WAITING("queue = 1 and position is null", "position: null, though queue is 1"),
    UNPLACED_CLAIMED("queue = 2 and position is null", "position: null, though queue is 2"),
    UNPLACED_PARKED("queue = 4 and position is null", "position: null, though queue is 4"),
    BELOW_WAITING("queue = 1 and position <= 0", "position: less than 1"),
    BELOW_CLAIMED("queue = 2 and position <= 0", "position: less than 1"),
    BELOW_PARKED("queue = 4 and position <= 0", "position: less than 1"),
    QUEUE_BELOW(
        "queue <= -1 and status in ('PENDING', 'IN_FLIGHT', 'PARKED')",
        "queue: a number that Stretto does not write"),
    QUEUE_ABOVE(
        "queue >= 7 and status in ('PENDING', 'IN_FLIGHT', 'PARKED')",
        "queue: a number that Stretto does not write");

    private final String condition;
    private final String reason;

    Kind(String condition, String reason) {
      this.condition = condition;
      this.reason = reason;
    }

    String select() {
      return """
      select * from (
        select '%s' as kind, id, ordering_key from outbox_message
         where channel = ? and %s
         order by channel, queue, position
         limit 500) %s
      """
          .formatted(name(), condition, name().toLowerCase(Locale.ROOT));
    }
  }

  /**
   * A row to be parked.
   *
   * @param reason what is wrong with it, for people
   */
  public record Stray(long id, @Nullable String orderingKey, String reason) {}

  static final String FIND =
      IntStream.range(0, Kind.values().length)
          .mapToObj(kind -> Kind.values()[kind].select())
          .collect(UNION);

  /** Some of a channel's strays; none where there are none. */
  public List<Stray> find(String channel) {
    return jdbc.query(
        FIND,
        (row, number) ->
            new Stray(row.getLong(2), row.getString(3), Kind.valueOf(row.getString(1)).reason),
        Collections.nCopies(Kind.values().length, channel).toArray());
  }

  /**
   * Parks strays, each at the next position. Must run in a transaction that {@link
   * ChannelTable#advance} has fenced, with the positions behind them.
   *
   * @param after the highest position given before
   */
  public void park(List<Stray> strays, long after, long fence) {
    List<Object[]> rows = new ArrayList<>();
    long position = after;
    for (Stray stray : strays) {
      rows.add(new Object[] {++position, stray.reason(), fence, stray.id()});
    }
    jdbc.batchUpdate(PARK, rows);
  }

  /**
   * Messages whose rows say that they are claimed; none but those in {@code outbox_channel.claims}
   * should.
   *
   * @param limit the most to return, 1 or more
   */
  public Claims claimed(String channel, int limit) {
    return new Claims(
        jdbc.query(
            CLAIMED,
            (row, number) -> new Claims.Claim(row.getLong(1), row.getLong(2)),
            channel,
            limit));
  }

  /**
   * Messages whose rows say that they are held behind others of their key, where the channel has
   * none in {@link HeldTable}.
   *
   * @param limit the most to return, 1 or more
   * @return their ids
   */
  public List<Long> unheld(String channel, int limit) {
    boolean anyHeld =
        !jdbc.query(HeldTable.ANY, (row, number) -> row.getLong(4), channel, 1).isEmpty();
    return anyHeld ? List.of() : jdbc.query(HELD, (row, number) -> row.getLong(1), channel, limit);
  }

  /**
   * The highest position that is in the table; what was given is higher as a rule, or the same.
   *
   * @param given the highest one given, as {@code outbox_channel} knows it
   * @return {@code given} where none is higher
   */
  public long highestPosition(String channel, long given) {
    List<Object> parameters = new ArrayList<>();
    for (int queue = QueueState.WAITING; queue <= QueueState.DELIVERED; queue++) {
      parameters.addAll(List.of(channel, given, HIGHEST));
    }
    if (jdbc.queryForList(AHEAD, Integer.class, parameters.toArray()).isEmpty()) {
      return given;
    }
    Long highest = jdbc.queryForObject(MAX_POSITION, Long.class, channel, given, HIGHEST);
    return highest == null ? given : highest;
  }

  static final String AHEAD =
      IntStream.rangeClosed(QueueState.WAITING, QueueState.DELIVERED)
          .mapToObj(queue ->
              """
              select * from (
                select %1$d as queue from outbox_message
                 where channel = ? and queue = %1$d and position > ? and position <= ?
                 limit 1) queue%1$d
              """
                  .formatted(queue))
          .collect(UNION);
}
