SET sqlstitch.complete = {{applied}};
COMMIT;
-- After an error, COMMIT rolls back and is no error itself. A client that has gone on is told here.
DO $sqlstitch$
BEGIN
  IF pg_catalog.current_setting('sqlstitch.complete', true) IS DISTINCT FROM {{applied}} THEN
    RAISE WARNING 'nothing of this script is applied: its transaction was rolled back'
      USING HINT = 'The error is further up. Mend it and run the whole script again.';
    PERFORM pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid());
    RAISE EXCEPTION 'nothing of this script is applied: its transaction was rolled back';
  END IF;
  PERFORM pg_catalog.set_config('sqlstitch.complete', '', false);
END $sqlstitch$;
