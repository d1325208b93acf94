-- How many rows were delivered is told from what was counted once, instead of counting them at each
-- look. Nothing of it is written while messages are sent: of the rows up to a position all are
-- delivered but those that wait, are parked or were discarded, which are few and found by the index.
create table outbox_count (
  channel varchar(100) not null primary key,
  up_to bigint not null,
  messages bigint not null,
  discarded bigint not null
);

comment on column outbox_count.up_to is 'the position up to which rows were counted';
comment on column outbox_count.messages is 'how many messages have a position up to that one';
comment on column outbox_count.discarded is 'how many of them are discarded';
