-- How many messages were ever delivered, those included that a purge has removed: such a number only
-- rises, which is what monitoring needs. Written by who removes, in the same transaction.
alter table outbox_count add column removed bigint default 0 not null;
alter table outbox_count add column removed_discarded bigint default 0 not null;

comment on column outbox_count.removed is 'how many delivered or discarded messages were removed';
comment on column outbox_count.removed_discarded is 'how many of them were discarded';
