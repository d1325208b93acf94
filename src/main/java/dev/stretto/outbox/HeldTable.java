package dev.stretto.outbox;

import dev.stretto.database.Batches;
import dev.stretto.database.Vendor;
import dev.stretto.message.Message;
import java.util.List;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The table {@code outbox_held}: the messages that wait behind others of their key and are not in
 * the memory of a run. Each of its methods that writes must run in a transaction that has locked
 * the channel first, by {@link ChannelTable#advance} or {@link ChannelTable#lock}.
 */
public final class HeldTable {

  private static final String HOLD =
      "insert into outbox_held (channel, ordering_key, position, id) values (?, ?, ?, ?)";

  static final String NEXT =
      """
      select %s
        from outbox_held h join outbox_message m on m.id = h.id
       where h.channel = ? and h.ordering_key = ?
       order by h.channel, h.ordering_key, h.position
       limit ?
      """
          .formatted(MessageRow.COLUMNS);

  static final String ANY_OF_KEY =
      """
      select count(*) from (
        select 1 from outbox_held where channel = ? and ordering_key = ? limit 1) held
      """;

  private static final String RELEASE =
      "delete from outbox_held where channel = ? and ordering_key = ? and position = ?";

  /** The same on PostgreSQL, of all rows at once. */
  private static final String RELEASE_ALL =
      """
      delete from outbox_held h
       using unnest(?::text[], ?::text[], ?::bigint[]) as n (channel, ordering_key, position)
       where h.channel = n.channel and h.ordering_key = n.ordering_key and h.position = n.position
      """;

  static final String ANY =
      """
      select channel, ordering_key, position, id from outbox_held
       where channel = ?
       order by channel, ordering_key, position
       limit ?
      """;

  private final JdbcTemplate jdbc;
  private final Vendor vendor;

  public HeldTable(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
    this.vendor = Vendor.of(jdbc);
  }

  /** A row of the table: a message's place in its lane. */
  public record Place(String channel, String key, long position, long id) {

    static Place of(Message message) {
      return new Place(
          message.channel(),
          Objects.requireNonNull(message.orderingKey()),
          message.position(),
          message.id());
    }
  }

  /**
   * Holds messages; {@link MessageTable#place} says the same of them.
   *
   * @param messages with key and position
   */
  public void hold(List<Message> messages) {
    insert(messages.stream().map(Place::of).toList());
  }

  public void insert(List<Place> places) {
    Batches.update(
        jdbc,
        HOLD,
        places,
        (statement, place) -> {
          statement.setString(1, place.channel());
          statement.setString(2, place.key());
          statement.setLong(3, place.position());
          statement.setLong(4, place.id());
        });
  }

  /**
   * The first messages held of a key, in position order; reads as many rows as it returns.
   *
   * @param limit the most to return, 1 or more
   */
  public List<Message> next(String channel, String key, int limit) {
    return jdbc.query(NEXT, MessageRow.MAPPER, channel, key, limit);
  }

  /** Whether any message of the key is held; reads one row at the most. */
  public boolean any(String channel, String key) {
    Long any = jdbc.queryForObject(ANY_OF_KEY, Long.class, channel, key);
    return any != null && any > 0;
  }

  /** Holds these no longer; {@link MessageTable#unhold} says the same of them. */
  public void release(List<Message> messages) {
    delete(messages.stream().map(Place::of).toList());
  }

  private void delete(List<Place> places) {
    if (vendor == Vendor.POSTGRESQL) {
      jdbc.update(
          RELEASE_ALL,
          places.stream().map(Place::channel).toArray(String[]::new),
          places.stream().map(Place::key).toArray(String[]::new),
          places.stream().mapToLong(Place::position).toArray());
      return;
    }
    Batches.update(
        jdbc,
        RELEASE,
        places,
        (statement, place) -> {
          statement.setString(1, place.channel());
          statement.setString(2, place.key());
          statement.setLong(3, place.position());
        });
  }

  /**
   * Holds some of the channel's messages no longer, whatever their keys; {@link
   * MessageTable#unhold} says the same of them.
   *
   * @param limit the most, 1 or more
   * @return their ids; none where nothing was held
   */
  public List<Long> releaseAny(String channel, int limit) {
    List<Place> places =
        jdbc.query(
            ANY,
            (row, number) ->
                new Place(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4)),
            channel,
            limit);
    delete(places);
    return places.stream().map(Place::id).toList();
  }
}
