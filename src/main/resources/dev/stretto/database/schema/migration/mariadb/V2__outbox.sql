-- Producers insert channel and payload, and may give message_id, ordering_key, content_type and headers.
-- Everything below `headers` is written by Stretto only.
-- Texts are compared byte by byte, spaces at their ends included: what MariaDB takes for equal must be
-- equal to everyone else. Times are instants, whatever the time zone of a session.
create table outbox_message (
  id bigint not null auto_increment primary key,
  channel varchar(100) not null,
  -- a random UUID: what uuid() gives is made of the time and the server
  message_id varchar(200) not null default (lower(concat_ws('-',
    hex(random_bytes(4)), hex(random_bytes(2)), concat('4', substr(hex(random_bytes(2)), 2)),
    concat('A', substr(hex(random_bytes(2)), 2)), hex(random_bytes(6))))),
  ordering_key varchar(200),
  content_type varchar(200) not null default 'application/json',
  headers varchar(8000),
  payload longtext not null,
  created_at timestamp(3) not null default current_timestamp(3),
  position bigint comment 'place in the channel, from 1, given once',
  status varchar(10) not null default 'PENDING',
  attempts integer not null default 0,
  last_error varchar(2000),
  fence bigint comment 'fencing token of the run that last settled or released the message',
  start_fence bigint comment 'fencing token of the run that made the first start of the message; 0 if it died before it could record that',
  start_number bigint comment 'how many first starts that run had made when it made this one',
  started_at timestamp(3) null default null comment 'when the run that last settled or released the message first started it, by that run''s clock',
  settled_at timestamp(3) null default null,
  queue smallint not null default 0 comment '0 new, 1 waiting at its position, 2 claimed, 3 held behind its key, 4 parked, 5 discarded, 6 delivered',
  constraint outbox_message_id_unique unique (message_id),
  constraint outbox_message_status_known
    check (status in ('PENDING', 'IN_FLIGHT', 'DELIVERED', 'PARKED', 'DISCARDED')),
  -- `status` is what people read; `queue` says the same and, of what is pending, where it is found.
  -- Both change together. The index serves new rows (position is null) in id order, the others in
  -- position order, and the counts. It is the only one that a claim or a settlement changes.
  index outbox_message_queue (channel, queue, position, id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_nopad_bin;

-- With `ordering: key`, each message that waits behind others of its key and is not in the memory of
-- a run: a row for each with queue = 3.
create table outbox_held (
  channel varchar(100) not null,
  ordering_key varchar(200) not null,
  position bigint not null,
  id bigint not null,
  primary key (channel, ordering_key, position)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_nopad_bin;

-- A row for each key that has held messages or is blocked by a parked one; no others.
create table outbox_lane (
  channel varchar(100) not null,
  ordering_key varchar(200) not null,
  blocked_by bigint comment 'id of the parked message that the others wait for',
  blocked_at timestamp(3) null default null,
  primary key (channel, ordering_key),
  -- Serves the lanes that go on (blocked_by is null) and the blocked ones, without passing the others.
  index outbox_lane_blocked (channel, blocked_by, ordering_key)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_nopad_bin;

-- What the outbox itself knows of a channel. Every claim and settlement is conditional on `fence`.
create table outbox_channel (
  channel varchar(100) not null primary key,
  fence bigint not null default 0,
  last_position bigint not null default 0,
  gate_closed_until timestamp(3) null default null,
  gate_reason varchar(2000)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_nopad_bin;

-- What the starts of a message belong to; one row for each run that had something to do.
create table outbox_run (
  channel varchar(100) not null,
  fence bigint not null,
  run bigint not null,
  ordering varchar(10) not null,
  began_at timestamp(3) not null default current_timestamp(3),
  primary key (channel, fence),
  index outbox_run_run (run)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_nopad_bin;

create table channel_lease (
  channel varchar(100) not null primary key,
  fence bigint not null default 0,
  owner varchar(200),
  run bigint comment 'the last job execution that worked on the channel',
  expires_at timestamp(3) null default null,
  stop_run bigint comment 'a job execution that was asked to stop; others take no notice'
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_nopad_bin;
