package dev.stretto.outbox.admin;

import dev.stretto.database.Vendor;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The channels that have messages, found by stepping through an index from one to the next, without
 * passing the messages in between.
 */
final class ChannelNames {

  /** H2 steps by itself. */
  private static final String ALL_ON_H2 =
      """
      select distinct channel from outbox_message
      """;

  /** One index has what waits, another the past. */
  private static final String ALL_ON_POSTGRESQL =
      """
      with recursive pending as (
        (select channel from outbox_message where queue < 5 order by channel limit 1)
        union all
        select (select channel from outbox_message m
                 where m.queue < 5 and m.channel > p.channel order by m.channel limit 1)
          from pending p where p.channel is not null),
      past as (
        (select channel from outbox_message where queue >= 5 order by channel limit 1)
        union all
        select (select channel from outbox_message m
                 where m.queue >= 5 and m.channel > p.channel order by m.channel limit 1)
          from past p where p.channel is not null)
      select channel from pending where channel is not null
      union select channel from past where channel is not null
      """;

  /** MariaDB steps where it has fresh statistics, and else reads the whole of the index. */
  private static final String NEXT_ON_MARIADB =
      "select channel from outbox_message where channel > ? order by channel limit 1";

  private final JdbcClient jdbc;
  private final Vendor vendor;

  ChannelNames(JdbcTemplate jdbc) {
    this.jdbc = JdbcClient.create(jdbc);
    this.vendor = Vendor.of(jdbc);
  }

  Set<String> all() {
    Set<String> names = new HashSet<>();
    switch (vendor) {
      case H2 -> names.addAll(names(ALL_ON_H2));
      case POSTGRESQL -> names.addAll(names(ALL_ON_POSTGRESQL));
      case MARIADB -> addEach(names);
    }
    return names;
  }

  private void addEach(Set<String> names) {
    for (Optional<String> name = next(""); name.isPresent(); name = next(name.get())) {
      names.add(name.get());
    }
  }

  private Optional<String> next(String after) {
    return jdbc.sql(NEXT_ON_MARIADB)
        .param(after)
        .query((row, number) -> row.getString(1))
        .optional();
  }

  private Set<String> names(String sql) {
    return jdbc.sql(sql).query((row, number) -> row.getString(1)).set();
  }
}
