-- How many rows were delivered is told from what was counted once, instead of counting them at each
-- look. Nothing of it is written while messages are sent: of the rows up to a position all are
-- delivered but those that wait, are parked or were discarded, which are few and found by the index.
create table outbox_count (
  channel varchar(100) not null primary key,
  up_to bigint not null comment 'the position up to which rows were counted',
  messages bigint not null comment 'how many messages have a position up to that one',
  discarded bigint not null comment 'how many of them are discarded'
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_nopad_bin;
