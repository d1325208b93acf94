-- What no message can be made of is refused as it is inserted. Of new rows only: what is there already
-- is parked by the run that comes upon it, which no constraint may forbid. Without the checks now,
-- nothing that is there can make this fail, and the table is not copied. Of the values within `headers`
-- MariaDB can't tell that all are strings; the run parks what has another.
set session check_constraint_checks = 0;

alter table outbox_message
  add constraint outbox_message_sendable check (
    case
      when queue <> 0 then true
      when position is not null or status <> 'PENDING' or attempts <> 0 then false
      when message_id = '' or message_id <> trim(message_id) then false
      when trim(content_type) = '' then false
      when headers is null then true
      when not json_valid(headers) then false
      else json_type(headers) = 'OBJECT' and json_depth(headers) <= 2
    end),
  add constraint outbox_message_queue_known
    check (queue between 0 and 6 and (queue = 0 or coalesce(position, 0) > 0));

set session check_constraint_checks = 1;
