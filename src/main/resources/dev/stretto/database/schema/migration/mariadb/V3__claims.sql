-- What is durably about to start or under way and not settled stands in the channel's one row, which
-- every claim and settlement changes anyway, instead of in a further change of each message's row:
-- half the writing. A message's row says IN_FLIGHT once its claim is some time old.
alter table outbox_channel
  add column if not exists claims mediumtext not null default ''
    comment 'claimed and not settled: position:id of the first of each run of them, and +n where n more follow',
  add column if not exists claimed integer not null default 0 comment 'how many these are';

-- what runs of before had claimed, for those that take over from them
set session group_concat_max_len = 1048576;

update outbox_channel set
  claims = coalesce((
    select group_concat(concat(m.position, ':', m.id) order by m.position separator ' ')
      from outbox_message m where m.channel = outbox_channel.channel and m.queue = 2), ''),
  claimed = (
    select count(*) from outbox_message m
     where m.channel = outbox_channel.channel and m.queue = 2);
