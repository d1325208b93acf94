-- What was delivered is durable once it stands here, an entry for all that one commit of a run settles;
-- the messages' own rows follow moments later, a thousand in a transaction, and the entries go. So what
-- the next starts wait for is one short row and not a change of every message's row and indexes. An
-- entry says what happened, whoever applies it: the run that wrote it, or the one that takes over.
create table outbox_journal (
  channel varchar(100) not null,
  entry bigint not null,
  fence bigint not null comment 'fencing token of the run that wrote it',
  messages integer not null comment 'how many were delivered',
  deliveries mediumtext not null comment 'of each, separated by spaces, id:position:attempts:number of its start:milliseconds since 1970 when it started',
  written_at timestamp(3) not null default current_timestamp(3),
  primary key (channel, entry)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_nopad_bin;
