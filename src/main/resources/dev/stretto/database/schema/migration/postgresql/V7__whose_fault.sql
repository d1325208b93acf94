-- Whose fault a failure is can stay open for days: how long a message has been first in line tells
-- when to give it up, and why a channel stands still is for people to see while nothing goes out.
alter table outbox_message add column first_started_at timestamp(3) with time zone;
alter table outbox_channel add column gate_since timestamp(3) with time zone;
alter table outbox_channel add column gate_calls integer;

comment on column outbox_message.first_started_at is
  'when the message was first started, where it went back in line; else null';
comment on column outbox_channel.gate_since is
  'since when the destination takes nothing; null while calls are delivered';
comment on column outbox_channel.gate_calls is 'how many calls in a row were not delivered';
