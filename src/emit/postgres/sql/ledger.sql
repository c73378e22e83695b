-- The ledger, if there is none; then everything is checked before anything runs.
DO $sqlstitch$
DECLARE
  _path text := pg_catalog.current_setting('search_path');
BEGIN
  IF pg_catalog.texteq(pg_catalog.current_setting('sqlstitch.applied', true), {{applied}}) THEN
    RETURN;
  END IF;
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);
  -- Looked up in the tables themselves, with the latest snapshot: what to_regclass() has not found
  -- before the lock it may not find after it either.
  FOR _try IN 1 .. 2 LOOP
    EXIT WHEN EXISTS (
      SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = {{schema_text}} AND c.relname = {{table_text}});
    IF _try = 1 THEN
      PERFORM pg_catalog.pg_advisory_xact_lock({{lock_create}});
      CONTINUE;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE n.nspname = {{schema_text}}) THEN
      CREATE SCHEMA {{schema}};
    END IF;
    CREATE TABLE {{ledger}} (
      name text COLLATE "C" PRIMARY KEY,
      checksum text NOT NULL,
      algorithm text NOT NULL,
      ordinal bigint NOT NULL UNIQUE,
      phase text,
      kind text NOT NULL CHECK (kind IN ('once', 'repeatable')),
      state text NOT NULL CHECK (state IN ('applied', 'running')),
      statements integer NOT NULL,
      started_statement integer,
      next_statement integer,
      applied_at timestamptz NOT NULL,
      applied_by text NOT NULL,
      duration_ms double precision,
      version text NOT NULL,
      bundle text NOT NULL,
      revision text,
      format integer NOT NULL DEFAULT 1
    );
    COMMENT ON TABLE {{ledger}} IS 'Which patches this database has, one row each; written by scripts that sqlstitch made.';
  END LOOP;
  -- Holds until this transaction ends: a patch that still sees it shares the client's transaction.
  PERFORM pg_catalog.set_config('sqlstitch.transaction', 'shared', true);
  PERFORM pg_temp.sqlstitch_check();
  PERFORM pg_catalog.set_config('search_path', _path, false);
END $sqlstitch$;
