-- What no message can be made of is refused as it is inserted. Of new rows only: what is there already
-- is parked by the run that comes upon it, which no constraint may forbid, and `not valid` looks at
-- none of it now. A case, for nothing else promises that the cast comes after what it depends on.
alter table outbox_message add constraint outbox_message_sendable check (
  case
    when queue <> 0 then true
    when position is not null or status <> 'PENDING' or attempts <> 0 then false
    when message_id = '' or message_id <> btrim(message_id) then false
    when btrim(content_type) = '' then false
    when headers is null then true
    when jsonb_typeof(headers::jsonb) <> 'object' then false
    else not jsonb_path_exists(headers::jsonb, '$.* ? (@.type() <> "string")')
  end) not valid;

alter table outbox_message add constraint outbox_message_queue_known
  check (queue between 0 and 6 and (queue = 0 or coalesce(position, 0) > 0)) not valid;
