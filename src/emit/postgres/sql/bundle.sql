-- The patches of this script. Where all of them are applied, this block finds it out, and nothing else
-- is done: no lock, no write.
SET sqlstitch.applied = '';
DO $sqlstitch$
DECLARE
  _bundle jsonb := $bundle$[
{{patches}}
]$bundle$;
  _isolation text := pg_catalog.current_setting('transaction_isolation');
  _missing text;
  _ledger oid;
  _kind text;
  _format integer;
  _path text := pg_catalog.current_setting('search_path');
BEGIN
  -- The session's may lead to other operators. It is back at the end, and after an error by itself.
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);
  -- Sent as one message, the SET at the top came too late for the text after it.
  IF pg_catalog.char_length({{letter}}) > 1 AND pg_catalog.current_setting('server_encoding') <> 'SQL_ASCII' THEN
    RAISE EXCEPTION 'this script is UTF-8, and the client has sent it as another encoding'
      USING HINT = 'Set the environment variable PGCLIENTENCODING to UTF8.';
  END IF;
  -- A snapshot that is older than the lock would not see what the run before has committed.
  IF _isolation NOT IN ('read committed', 'read uncommitted') THEN
    RAISE EXCEPTION 'this script needs READ COMMITTED, and the isolation level is %', pg_catalog.upper(_isolation)
      USING HINT = 'Run it with the environment variable PGOPTIONS set to: -c default_transaction_isolation=read\ committed';
  END IF;
{{target}}
  IF _ledger IS NOT NULL THEN
    IF NOT EXISTS (
      {{#revert}}
      SELECT FROM pg_catalog.jsonb_to_recordset(_bundle) AS b (name text, formerly text[])
        WHERE EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = b.name OR l.name = ANY (b.formerly)))
      {{/revert}}
      {{#forward}}
      SELECT FROM pg_catalog.jsonb_to_recordset(_bundle) AS b (name text, checksum text)
        WHERE NOT EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = b.name AND l.state = 'applied' AND l.checksum = b.checksum))
      {{/forward}}
    THEN
      PERFORM pg_catalog.set_config('sqlstitch.applied', {{applied}}, false);
      PERFORM pg_catalog.set_config('search_path', _path, false);
      RETURN;
    END IF;
    SELECT pg_catalog.string_agg(p.privilege, ', ') INTO _missing
      FROM pg_catalog.unnest(ARRAY[{{privileges}}]) AS p (privilege)
      WHERE NOT pg_catalog.has_table_privilege({{ledger_name}}, p.privilege);
    IF _missing IS NOT NULL THEN
      RAISE EXCEPTION '% needs % on the ledger, %', current_user, _missing, {{ledger_name}}
        USING HINT = pg_catalog.format('GRANT %s ON %s TO %I;', _missing, {{ledger_name}}, current_user);
    END IF;
  {{#revert}}
  ELSE
    -- Without a ledger there is nothing to undo.
    PERFORM pg_catalog.set_config('sqlstitch.applied', {{applied}}, false);
    PERFORM pg_catalog.set_config('search_path', _path, false);
    RETURN;
  {{/revert}}
  END IF;
  IF NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMP') THEN
    RAISE EXCEPTION 'this script needs the TEMPORARY privilege on database "%"', pg_catalog.current_database()
      USING HINT = pg_catalog.format('GRANT TEMPORARY ON DATABASE %I TO %I;', pg_catalog.current_database(), current_user);
  END IF;
{{writable}}
  -- What a run that was broken off has left in this session.
  IF pg_catalog.to_regclass('pg_temp.sqlstitch_bundle') IS NOT NULL THEN
    DROP TABLE pg_temp.sqlstitch_bundle;
  END IF;
  CREATE TABLE pg_temp.sqlstitch_bundle (
    ordinal integer PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    checksum text NOT NULL,
    path text NOT NULL,
    phase text NOT NULL,
    kind text NOT NULL,
    stepwise boolean NOT NULL,
    statements integer NOT NULL,
    formerly text[] NOT NULL,
    external text[] NOT NULL,
    external_formerly jsonb NOT NULL,
    {{#revert}}
    dependents text[] NOT NULL,
    irreversible boolean NOT NULL,
    {{/revert}}
    checked boolean NOT NULL DEFAULT false
  );
  INSERT INTO pg_temp.sqlstitch_bundle
    SELECT e.ordinal, b.name, b.checksum, coalesce(b.path, b.name || '.sql'), coalesce(b.phase, 'expand'), coalesce(b.kind, 'once'), coalesce(b.stepwise, false),
        b.statements, coalesce(b.formerly, '{}'), coalesce(b.external, '{}'), coalesce(b.external_formerly, '{}')
        {{#revert}}
        , coalesce(b.dependents, '{}'), coalesce(b.irreversible, false)
        {{/revert}}
      FROM pg_catalog.jsonb_array_elements(_bundle) WITH ORDINALITY AS e (patch, ordinal),
        pg_catalog.jsonb_to_record(e.patch) AS b (name text, checksum text, path text, phase text, kind text, stepwise boolean, statements integer, formerly text[], external text[], external_formerly jsonb, dependents text[], irreversible boolean);
  PERFORM pg_catalog.set_config('search_path', _path, false);
END $sqlstitch$;
