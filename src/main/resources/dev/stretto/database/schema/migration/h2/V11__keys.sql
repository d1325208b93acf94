-- A row for each ordering key that may not be called before a time: the destination asked to leave it
-- alone, or a call of it has just started and its rate allows the next one only then. A run removes
-- those whose time has passed.
create table outbox_key (
  channel varchar(100) not null,
  ordering_key varchar(200) not null,
  closed_until timestamp(3) with time zone not null,
  primary key (channel, ordering_key)
);
