-- What was delivered is durable once it stands here, an entry for all that one commit of a run settles;
-- the messages' own rows follow moments later, a thousand in a transaction, and the entries go. So what
-- the next starts wait for is one short row and not a change of every message's row and indexes. An
-- entry says what happened, whoever applies it: the run that wrote it, or the one that takes over.
create table outbox_journal (
  channel varchar(100) collate "C" not null,
  entry bigint not null,
  fence bigint not null,
  messages integer not null,
  deliveries text not null,
  written_at timestamp(3) with time zone default current_timestamp not null,
  primary key (channel, entry)
)
-- Rows come and go with every commit.
with (
  autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_threshold = 10000,
  autovacuum_vacuum_cost_delay = 0
);

comment on column outbox_journal.fence is 'fencing token of the run that wrote it';
comment on column outbox_journal.messages is 'how many were delivered';
comment on column outbox_journal.deliveries is
  'of each, separated by spaces, id:position:attempts:number of its start:milliseconds since 1970 when it started';
