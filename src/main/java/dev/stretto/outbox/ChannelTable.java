package dev.stretto.outbox;

import dev.stretto.database.Vendor;
import dev.stretto.outbox.JournalTable.Entry;
import java.sql.Connection;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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

  /** The same of several channels: one round trip for all. For one alone it is slower. */
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
      select count(*) from advanced
      """;

  private static final String LOCK =
      "select channel from outbox_channel where channel = ? for update";

  private static final String LOCK_FENCED =
      "select channel from outbox_channel where channel = ? and fence = ? for update";

  private static final String GATE =
      """
      select gate_closed_until, gate_reason from outbox_channel
       where channel = ? and gate_closed_until is not null
      """;

  /** Since when is kept until calls are delivered again, over as many runs as that takes. */
  private static final String CLOSE_GATE =
      """
      update outbox_channel
         set gate_closed_until = ?, gate_reason = ?, gate_since = coalesce(gate_since, ?),
             gate_calls = ?
       where channel = ? and fence = ?
      """;

  private static final String OPEN_GATE =
      """
      update outbox_channel
         set gate_closed_until = null, gate_reason = null, gate_since = null, gate_calls = null
       where channel = ? and (gate_closed_until is not null or gate_since is not null)
      """;

  /** What was told is to be taken back, though a person may have opened the gate meanwhile. */
  private static final String STANDS =
      """
      select count(*) from outbox_channel
       where channel = ? and (gate_since is not null or gate_told_at is not null)
      """;

  private static final String UNTOLD =
      """
      select gate_closed_until, gate_since, gate_calls, gate_reason from outbox_channel
       where channel = ? and gate_since is not null and gate_told_at is null
      """;

  private static final String TELL_CLOSED =
      """
      update outbox_channel set gate_told_at = ?
       where channel = ? and fence <= ? and gate_since is not null and gate_told_at is null
      """;

  private static final String TELL_OPEN =
      "update outbox_channel set gate_told_at = null where channel = ? and gate_told_at is not"
          + " null";

  private static final int LONGEST_REASON = 2000;

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
    Integer there = jdbc.queryForObject(EXISTS, Integer.class, channel);
    if (there == null || there == 0) {
      try {
        jdbc.update(vendor == Vendor.POSTGRESQL ? CREATE_UNLESS_THERE : CREATE, channel);
      } catch (DuplicateKeyException e) {
        // Another run created it in between, which is as good.
      }
    }
    return jdbc.update(FENCE, fence, channel, fence) == 1;
  }

  /**
   * Until when the destination asked to be left alone.
   *
   * @param reason what it said
   */
  public record Gate(Instant closedUntil, String reason) {}

  /** What the destination last asked for, though it may be over; null if it never asked. */
  public @Nullable Gate gate(String channel) {
    List<Gate> gates =
        jdbc.query(
            GATE,
            (row, number) ->
                new Gate(
                    row.getTimestamp(1).toInstant(),
                    Objects.requireNonNullElse(row.getString(2), "")),
            channel);
    return gates.isEmpty() ? null : gates.getFirst();
  }

  /**
   * Why a channel stands still.
   *
   * @param closedUntil until when the destination asked to be left alone, or null
   * @param since since when nothing is delivered
   * @param calls how many calls in a row were not delivered
   * @param reason what the destination said
   */
  public record Standing(@Nullable Instant closedUntil, Instant since, int calls, String reason) {}

  /**
   * Keeps why the channel stands still, for people and for later runs. Comes first in a
   * transaction, or behind {@link #advance}.
   *
   * @return false where a later run has fenced this one off: nothing is kept then
   */
  public boolean closeGate(String channel, long fence, Standing standing) {
    Instant until = standing.closedUntil();
    return jdbc.update(
            CLOSE_GATE,
            until == null ? null : Timestamp.from(until),
            StoredText.of(standing.reason(), LONGEST_REASON),
            Timestamp.from(standing.since()),
            standing.calls(),
            channel,
            fence)
        == 1;
  }

  /** Whether the channel is known to stand still, or others were told that it does. */
  public boolean stands(String channel) {
    Integer count = jdbc.queryForObject(STANDS, Integer.class, channel);
    return count != null && count > 0;
  }

  /** Why the channel stands still, where nobody was told; null where it doesn't, or one was. */
  public @Nullable Standing untold(String channel) {
    List<Standing> untold =
        jdbc.query(
            UNTOLD,
            (row, number) -> {
              Timestamp until = row.getTimestamp(1);
              return new Standing(
                  until == null ? null : until.toInstant(),
                  row.getTimestamp(2).toInstant(),
                  row.getInt(3),
                  Objects.requireNonNullElse(row.getString(4), ""));
            },
            channel);
    return untold.isEmpty() ? null : untold.getFirst();
  }

  /**
   * Keeps that somebody is told that the channel stands still, in the transaction that tells.
   *
   * @param fence that of a run, which need not have fenced off the one before yet
   * @return false where that was told, it goes on, or a later run has fenced this one off
   */
  public boolean tellClosed(String channel, long fence, Instant now) {
    return jdbc.update(TELL_CLOSED, Timestamp.from(now), channel, fence) == 1;
  }

  /**
   * Keeps that somebody is told that the channel goes on, in the transaction that tells. Must run
   * behind {@link #advance}.
   *
   * @return false where nobody was told that it stood still
   */
  public boolean tellOpen(String channel) {
    return jdbc.update(TELL_OPEN, channel) == 1;
  }

  /**
   * Forgets why the channel stood still, and any pause that the destination asked for; not whether
   * somebody was told.
   *
   * @return whether there was anything to forget
   */
  public boolean openGate(String channel) {
    return jdbc.update(OPEN_GATE, channel) == 1;
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
   * @param all of different channels, at least one
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
    Integer advanced =
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
            texts(all, Advance::deliveries));
    return Objects.equals(advanced, all.size());
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

  /** Whether advancing with deliveries is one statement, which needs no transaction around it. */
  public boolean journalsInOneStatement() {
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
