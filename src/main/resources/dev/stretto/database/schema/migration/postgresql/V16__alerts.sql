-- A gate that stays closed is told to another channel once, however many runs find it closed, and so
-- is that it is open again. On the channel's row, so that both are stored with what they tell of.
alter table outbox_channel add column gate_told_at timestamp(3) with time zone;

comment on column outbox_channel.gate_told_at is
  'when another channel was told that the gate stays closed; null until then, and once calls are delivered';
