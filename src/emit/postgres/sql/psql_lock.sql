SELECT pg_catalog.texteq(pg_catalog.current_setting('sqlstitch.applied'), {{applied}}) AS sqlstitch_applied \gset
\if :sqlstitch_applied
\q
\endif

-- One run at a time. It polls, and commits between the tries: a session that waits in
-- pg_advisory_lock() holds a snapshot, CREATE INDEX CONCURRENTLY in the run before would wait for it,
-- and both would wait for ever.
DO $sqlstitch$
BEGIN
  -- A transaction that is older than this statement is the client's.
  IF pg_catalog.transaction_timestamp() <> pg_catalog.statement_timestamp() THEN
    RAISE EXCEPTION 'this script commits patch by patch, and a transaction has been begun'
      USING HINT = 'Leave -1 (--single-transaction) and BEGIN out.';
  END IF;
  WHILE NOT pg_catalog.pg_try_advisory_lock({{lock}}) LOOP
    PERFORM pg_catalog.pg_sleep(0.2);
    COMMIT;
  END LOOP;
END $sqlstitch$;
