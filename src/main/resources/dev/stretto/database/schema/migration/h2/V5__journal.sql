-- What was delivered and the messages' rows don't say yet. Runs on H2 write the rows at once and leave
-- this empty; on database servers they don't, and the statements are the same everywhere.
create table outbox_journal (
  channel varchar(100) not null,
  entry bigint not null,
  fence bigint not null,
  messages integer not null,
  deliveries varchar not null,
  written_at timestamp(3) with time zone default current_timestamp not null,
  primary key (channel, entry)
);

comment on column outbox_journal.fence is 'fencing token of the run that wrote it';
comment on column outbox_journal.messages is 'how many were delivered';
comment on column outbox_journal.deliveries is
  'of each, separated by spaces, id:position:attempts:number of its start:milliseconds since 1970 when it started';
