-- A channel that a person has paused: nobody takes its lease, and who has it starts nothing more. On
-- the lease's row, which every run reads anyway.
alter table channel_lease add (
  paused_at timestamp(3) with time zone,
  paused_by varchar(200),
  pause_reason varchar(500)
);

comment on column channel_lease.paused_at is 'since when nothing starts on the channel; null where it is not paused';
comment on column channel_lease.paused_by is 'user@host of whoever gave the reason';
