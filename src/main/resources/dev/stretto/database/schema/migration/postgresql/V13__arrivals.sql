-- Tells whoever follows the outbox that something was committed: once a transaction, however many rows
-- it inserts, and nothing of what they are. The command, not the function of that name, which somebody may
-- have taken from producers; they need no right to this one either.
create function outbox_message_arrived() returns trigger language plpgsql as $$
begin
  notify stretto_arrivals;
  return null;
end
$$;

create trigger outbox_message_arrived after insert on outbox_message
  for each statement execute function outbox_message_arrived();

comment on function outbox_message_arrived() is
  'tells a dispatch --follow of new messages; it looks for them instead where the trigger is disabled';
