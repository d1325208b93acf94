-- A launch that is not dispatch has made its job execution before it holds the channel's lease. Whether
-- one that never held it is about to, or its process died, only time tells: since when such executions
-- have been seen. On the lease's row, which needs no new grants.
alter table channel_lease add (
  unheld_run bigint,
  unheld_at timestamp(3) with time zone
);

comment on column channel_lease.unheld_run is 'job executions up to this one looked at unheld_at as if they ran and had never held the lease';
