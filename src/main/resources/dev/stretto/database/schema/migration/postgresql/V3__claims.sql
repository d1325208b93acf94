-- What is durably about to start or under way and not settled stands in the channel's one row, which
-- every claim and settlement changes anyway, instead of in a further change of each message's row:
-- half the writing. A message's row says IN_FLIGHT once its claim is some time old.
alter table outbox_channel add column claims text default '' not null;
alter table outbox_channel add column claimed integer default 0 not null;

-- what runs of before had claimed, for those that take over from them
update outbox_channel set
  claims = coalesce((
    select string_agg(m.position || ':' || m.id, ' ' order by m.position)
      from outbox_message m where m.channel = outbox_channel.channel and m.queue = 2), ''),
  claimed = (
    select count(*) from outbox_message m
     where m.channel = outbox_channel.channel and m.queue = 2);

comment on column outbox_channel.claims is
  'claimed and not settled: position:id of the first of each run of them, and +n where n more follow';
comment on column outbox_channel.claimed is 'how many these are';
