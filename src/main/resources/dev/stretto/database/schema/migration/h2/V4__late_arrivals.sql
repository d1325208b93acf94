-- How many messages came late, for people to see: it costs a comparison in memory for each message,
-- and two numbers in a row that is written anyway. It counts from here on, for counting the past would
-- read all of it.
alter table outbox_channel add column highest_id bigint default 0 not null;
alter table outbox_channel add column late bigint default 0 not null;

comment on column outbox_channel.highest_id is 'the highest id among the messages that have a position';
comment on column outbox_channel.late is
  'messages that were given their position after one of a higher id had its own';
