-- A channel that a person has paused: nobody takes its lease, and who has it starts nothing more. On
-- the lease's row, which every run reads anyway.
alter table channel_lease
  add column paused_at timestamp(3) null default null
    comment 'since when nothing starts on the channel; null where it is not paused',
  add column paused_by varchar(200) comment 'user@host of whoever gave the reason',
  add column pause_reason varchar(500);
