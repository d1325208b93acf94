-- Tells whoever follows the outbox that something was committed, and nothing of what it is. Only while
-- somebody follows: transactions that notify commit one after the other, in all of the server. Whoever
-- listens holds the advisory lock shared, so that it can't be had here; several producers that try it at
-- the same moment may notify for nothing. The command, not the function of that name, which somebody may
-- have taken from producers; they need no right to this one either.
create function outbox_message_arrived() returns trigger language plpgsql as $$
begin
  if pg_catalog.pg_try_advisory_lock(1937011316, tg_relid::pg_catalog.int4) then
    perform pg_catalog.pg_advisory_unlock(1937011316, tg_relid::pg_catalog.int4);
  else
    notify stretto_arrivals;
  end if;
  return null;
end
$$;

create trigger outbox_message_arrived after insert on outbox_message
  for each statement execute function outbox_message_arrived();

comment on function outbox_message_arrived() is
  'tells a dispatch --follow of new messages; it looks for them instead where the trigger is disabled';
