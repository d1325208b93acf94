-- What no message can be made of is refused as it is inserted. Of new rows only: what is there already
-- is parked by the run that comes upon it, which no constraint may forbid, and `nocheck` looks at none
-- of it now. Of the values within `headers` H2 can't tell that all are strings; the run parks what has
-- another.
alter table outbox_message add constraint outbox_message_sendable check (
  case
    when queue <> 0 then true
    when position is not null or status <> 'PENDING' or attempts <> 0 then false
    when message_id = '' or message_id <> trim(message_id) then false
    when trim(content_type) = '' then false
    when headers is null then true
    else headers is json object
  end) nocheck;

alter table outbox_message add constraint outbox_message_queue_known
  check (queue >= 0 and queue <= 6 and (queue = 0 or coalesce(position, 0) > 0)) nocheck;
