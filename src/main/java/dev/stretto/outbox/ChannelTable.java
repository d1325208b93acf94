package dev.stretto.outbox;

import dev.stretto.database.Vendor;
import dev.stretto.outbox.JournalTable.Entry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The table {@code outbox_channel}: the last position given, and the fence that every claim and
 * settlement needs.
 */
public final class ChannelTable {

  private static final String CREATE = "insert into outbox_channel (channel) values (?)";

  /** Where a failed statement would spoil the transaction. */
  private static final String CREATE_UNLESS_THERE =
      "insert into outbox_channel (channel) values (?) on conflict do nothing";

  private static final String EXISTS = "select count(*) from outbox_channel where channel = ?";

  private static final String FENCE =
      "update outbox_channel set fence = ? where channel = ? and fence < ?";

  private static final String STATE =
      "select last_position, highest_id, late, claims from outbox_channel where channel = ?";

  private static final String ADVANCE =
      """
      update outbox_channel
         set last_position = ?, highest_id = ?, late = ?, claims = ?, claimed = ?
       where channel = ? and fence = ?
      """;

  private static final String JOURNAL =
      """
      insert into outbox_journal (channel, entry, fence, messages, deliveries)
      values (?, ?, ?, ?, ?)
      """;

  /** Both at once, where the database can do that: a round trip less before the next starts. */
  private static final String ADVANCE_AND_JOURNAL =
      """
      with advanced as (
        update outbox_channel
           set last_position = ?, highest_id = ?, late = ?, claims = ?, claimed = ?
         where channel = ? and fence = ?
        returning channel, fence)
      insert into outbox_journal (channel, entry, fence, messages, deliveries)
      select channel, ?, fence, ?, ? from advanced
      """;

  /**
   * The same of several channels: one round trip for all, and nothing is done, by a failure, where
   * one of them can't be. For one alone it is slower.
   */
  private static final String ADVANCE_ALL =
      """
      with given as (
        select *
          from unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[],
                      ?::bigint[], ?::bigint[], ?::bigint[], ?::text[])
               as g (channel, fence, last_position, highest_id, late, claims,
                     claimed, entry, messages, deliveries)),
      advanced as (
        update outbox_channel c
           set last_position = g.last_position, highest_id = g.highest_id, late = g.late,
               claims = g.claims, claimed = g.claimed
          from given g
         where c.channel = g.channel and c.fence = g.fence
        returning c.channel, c.fence, g.entry, g.messages, g.deliveries),
      journaled as (
        insert into outbox_journal (channel, entry, fence, messages, deliveries)
        select channel, entry, fence, messages, deliveries from advanced where entry is not null)
      select cast(case when count(*) = ? then '1'
                       else 'Stretto: a later run has taken a channel over' end as integer)
        from advanced
      """;

  /** What {@link #ADVANCE_ALL} fails with. */
  private static final String NO_NUMBER = "22P02";

  private static final String LOCK =
      "select channel from outbox_channel where channel = ? for update";

  private static final String LOCK_FENCED =
      "select channel from outbox_channel where channel = ? and fence = ? for update";

  private final JdbcTemplate jdbc;
  private final Vendor vendor;

  /** Whether the pool's connections commit each statement by itself, as they do by default. */
  private final boolean autoCommit;

  public ChannelTable(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
    this.vendor = Vendor.of(jdbc);
    this.autoCommit =
        Objects.requireNonNull(
            jdbc.execute((ConnectionCallback<Boolean>) Connection::getAutoCommit));
  }

  /**
   * Fences off every earlier run: once this is committed, nothing that they record takes effect.
   * Waits for a transaction of theirs that is being committed.
   *
   * @param fence the new run's token
   * @return false where a later run has fenced this one off already
   */
  public boolean fence(String channel, long fence) {
    return raise(channel, fence) || (create(channel) && raise(channel, fence));
  }

  private boolean raise(String channel, long fence) {
    return jdbc.update(FENCE, fence, channel, fence) == 1;
  }

  /** Whether there may be a row now that was not there. */
  private boolean create(String channel) {
    Integer there = jdbc.queryForObject(EXISTS, Integer.class, channel);
    if (there != null && there > 0) {
      return false;
    }
    try {
      jdbc.update(vendor == Vendor.POSTGRESQL ? CREATE_UNLESS_THERE : CREATE, channel);
    } catch (DuplicateKeyException e) {
      // Another run created it in between, which is as good.
    }
    return true;
  }

  /**
   * How far a channel is.
   *
   * @param positions those that were given
   * @param claims what is durably about to start or under way, and not settled
   */
  public record State(Positions positions, Claims claims) {}

  /** How far the channel is; it must have been fenced before. */
  public State state(String channel) {
    return Objects.requireNonNull(
        jdbc.queryForObject(
            STATE,
            (row, number) ->
                new State(
                    new Positions(row.getLong(1), row.getLong(2), row.getLong(3)),
                    Claims.of(row.getString(4))),
            channel));
  }

  /**
   * How far a channel will be.
   *
   * @param fence the token of the run that says so
   * @param entry what it delivered; null for nothing
   */
  public record Advance(String channel, long fence, State state, @Nullable Entry entry) {

    private @Nullable Long number() {
      return entry == null ? null : (Long) entry.number();
    }

    private @Nullable Long messages() {
      return entry == null ? null : (Long) (long) entry.deliveries().size();
    }

    private @Nullable String deliveries() {
      return entry == null ? null : entry.text();
    }
  }

  /**
   * Records how far channels will be once the transaction is committed, with what was delivered,
   * and holds them against other runs until then. Comes first in every transaction that claims or
   * settles: what is claimed may start only after the commit, and what is settled in it is no
   * longer claimed.
   *
   * @param all of different channels, at least one; needs no transaction where it is {@link
   *     #advancesInOneStatement one statement}
   * @return false where a later run has fenced one of them off: the transaction must be undone then
   */
  public boolean advance(List<Advance> all) {
    return (vendor == Vendor.POSTGRESQL && all.size() > 1)
        ? advanceAtOnce(all)
        : all.stream().allMatch(this::advanceAlone);
  }

  /** The same for one. */
  public boolean advance(Advance one) {
    return advance(List.of(one));
  }

  private boolean advanceAlone(Advance one) {
    Positions positions = one.state().positions();
    Claims claims = one.state().claims();
    List<Object> values =
        List.of(
            positions.last(),
            positions.highestId(),
            positions.late(),
            claims.text(),
            claims.each().size(),
            one.channel(),
            one.fence());
    Entry entry = one.entry();
    if (entry == null) {
      return jdbc.update(ADVANCE, values.toArray()) == 1;
    }
    int messages = entry.deliveries().size();
    if (vendor == Vendor.POSTGRESQL) {
      List<Object> withEntry = new ArrayList<>(values);
      withEntry.addAll(List.of(entry.number(), messages, entry.text()));
      return jdbc.update(ADVANCE_AND_JOURNAL, withEntry.toArray()) == 1;
    }
    return jdbc.update(ADVANCE, values.toArray()) == 1
        && jdbc.update(JOURNAL, one.channel(), entry.number(), one.fence(), messages, entry.text())
            == 1;
  }

  private boolean advanceAtOnce(List<Advance> all) {
    try {
      jdbc.queryForObject(
          ADVANCE_ALL,
          Integer.class,
          texts(all, Advance::channel),
          numbers(all, Advance::fence),
          numbers(all, each -> each.state().positions().last()),
          numbers(all, each -> each.state().positions().highestId()),
          numbers(all, each -> each.state().positions().late()),
          texts(all, each -> each.state().claims().text()),
          numbers(all, each -> (long) each.state().claims().each().size()),
          numbers(all, Advance::number),
          numbers(all, Advance::messages),
          texts(all, Advance::deliveries),
          all.size());
      return true;
    } catch (DataIntegrityViolationException e) {
      if (e.getMostSpecificCause() instanceof SQLException failure
          && NO_NUMBER.equals(failure.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  private static @Nullable Long[] numbers(
      List<Advance> all, Function<Advance, @Nullable Long> column) {
    return all.stream().map(column).toArray(Long[]::new);
  }

  private static @Nullable String[] texts(
      List<Advance> all, Function<Advance, @Nullable String> column) {
    return all.stream().map(column).toArray(String[]::new);
  }

  /** Whether a statement outside a transaction is one of its own. */
  public boolean autoCommits() {
    return autoCommit;
  }

  /**
   * Whether advancing is one statement, whatever was delivered in however many channels: it needs
   * no transaction around it.
   */
  public boolean advancesInOneStatement() {
    return vendor == Vendor.POSTGRESQL;
  }

  /**
   * Holds the channel against runs until the transaction ends, without being one. Comes first in
   * every transaction that changes what a run may be working on.
   */
  public void lock(String channel) {
    jdbc.queryForList(LOCK, String.class, channel);
  }

  /**
   * Holds the channel against other runs until the transaction ends.
   *
   * @return false where a later run has fenced this one off: nothing may be recorded then
   */
  public boolean lock(String channel, long fence) {
    return !jdbc.queryForList(LOCK_FENCED, String.class, channel, fence).isEmpty();
  }
}
