-- H2 rewrites a row with all it holds whenever anything in it changes, and keeps what it held before
-- until the transaction has ended: a megabyte each time a message is claimed, shown and settled. What
-- is longer than max_length_inplace_lob (4,096 bytes, in the URL that every command uses) stands beside
-- the row, which holds a reference to it. This copies the table once.
alter table outbox_message alter column payload set data type clob;
