\set ON_ERROR_STOP on
\set ON_ERROR_ROLLBACK off
\set AUTOCOMMIT on
\set QUIET on
\set ECHO errors
-- One run at a time. It polls, and commits between the tries: a session that waits in
-- pg_advisory_lock() holds a snapshot, CREATE INDEX CONCURRENTLY in the run before would wait for it,
-- and both would wait for ever.
DO $sqlstitch$
BEGIN
  -- Fails where the client has begun a transaction: this script commits patch by patch, so leave -1 out.
  COMMIT;
  WHILE NOT pg_catalog.pg_try_advisory_lock({{lock}}) LOOP
    PERFORM pg_catalog.pg_sleep(0.2);
    COMMIT;
  END LOOP;
END $sqlstitch$;
