-- For patches that run outside a transaction, or only in part: a row in state 'running' with the
-- statement that comes next and the last one that was started.
CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_begin(_name text) RETURNS jsonb LANGUAGE plpgsql AS $sqlstitch$
DECLARE
  _was jsonb := pg_temp.sqlstitch_due(_name);
BEGIN
  IF _was IS NOT NULL THEN
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);
    {{#revert}}
    -- The mark keeps scripts that apply the patch from going on with it.
    UPDATE {{ledger}} AS l SET state = 'running', checksum = 'revert:' || l.checksum, statements = b.statements, started_statement = 0, next_statement = 1
      FROM pg_temp.sqlstitch_bundle AS b
      WHERE b.name = _name AND l.name = _name AND l.state = 'applied';
    {{/revert}}
    {{#forward}}
    INSERT INTO {{ledger}} AS l (name, checksum, algorithm, ordinal, phase, kind, state, statements, started_statement, next_statement, applied_at, applied_by, version, bundle, revision)
      SELECT b.name, b.checksum, {{algorithm}}, 1 + coalesce((SELECT pg_catalog.max(o.ordinal) FROM {{ledger}} AS o), 0), b.phase, b.kind, 'running', b.statements, 0, 1,
        pg_catalog.clock_timestamp(), session_user, {{version}}, {{bundle_id}}, {{revision}}
        FROM pg_temp.sqlstitch_bundle AS b WHERE b.name = _name
      ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, algorithm = excluded.algorithm, phase = excluded.phase, kind = excluded.kind, state = 'running', statements = excluded.statements,
        started_statement = 0, next_statement = 1, applied_at = excluded.applied_at, applied_by = excluded.applied_by
        WHERE l.state = 'applied';
    {{/forward}}
    PERFORM pg_catalog.set_config('search_path', pg_catalog.jsonb_extract_path_text(_was, 'settings', 'search_path'), false);
  END IF;
  RETURN _was;
END $sqlstitch$;

-- Whether statement _number is the next one of a patch that runs.
CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_at(_name text, _number integer) RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $sqlstitch$
  SELECT EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = _name AND l.state = 'running' AND l.next_statement = _number)
$sqlstitch$;

-- Whether an earlier run has started statement _number and not recorded its end.
CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_in_doubt(_name text, _number integer) RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $sqlstitch$
  SELECT EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = _name AND l.state = 'running' AND l.next_statement = _number AND l.started_statement = _number)
$sqlstitch$;

CREATE OR REPLACE PROCEDURE pg_temp.sqlstitch_started(_name text, _number integer) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $sqlstitch$
  UPDATE {{ledger}} AS l SET started_statement = _number WHERE l.name = _name
$sqlstitch$;

CREATE OR REPLACE PROCEDURE pg_temp.sqlstitch_next(_name text, _number integer) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $sqlstitch$
  UPDATE {{ledger}} AS l SET next_statement = _number + 1 WHERE l.name = _name AND l.next_statement = _number
$sqlstitch$;

-- A statement that failed, and as a whole, is not in doubt.
CREATE OR REPLACE PROCEDURE pg_temp.sqlstitch_failed(_name text, _number integer) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $sqlstitch$
  UPDATE {{ledger}} AS l SET started_statement = _number - 1 WHERE l.name = _name AND l.next_statement = _number
$sqlstitch$;

-- What to do about an index that an earlier run has begun to build.
CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_index(_name text, _number integer, _table text, _index text) RETURNS text LANGUAGE sql AS $sqlstitch$
  SELECT CASE WHEN i.indisvalid THEN pg_catalog.format('CALL pg_temp.sqlstitch_next(%L, %s)', _name, _number)
      ELSE pg_catalog.format('DROP INDEX CONCURRENTLY %s', i.indexrelid::pg_catalog.regclass) END
    FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
    WHERE c.oid = pg_catalog.to_regclass(pg_catalog.format('%I.', (SELECT n.nspname FROM pg_catalog.pg_namespace AS n WHERE n.oid = t.relnamespace)) || _index)
      AND t.oid = pg_catalog.to_regclass(_table)
$sqlstitch$;

CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_ask(_name text, _number integer, _place text) RETURNS void LANGUAGE plpgsql AS $sqlstitch$
BEGIN
  RAISE EXCEPTION 'statement % of patch "%" (%) was interrupted, and whether it took effect is not known', _number, _name, _place
    USING HINT = pg_catalog.format('Look whether it did. If so: UPDATE %s SET next_statement = %s WHERE name = %L; if not: UPDATE %s SET started_statement = %s WHERE name = %L;', {{ledger_name}}, _number + 1, _name, {{ledger_name}}, _number - 1, _name);
END $sqlstitch$;

-- What to do about a partition that an earlier run has begun to detach.
CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_detach(_name text, _number integer, _parent text, _child text) RETURNS SETOF text LANGUAGE plpgsql AS $sqlstitch$
DECLARE
  _pending boolean;
BEGIN
  SELECT i.inhdetachpending INTO _pending FROM pg_catalog.pg_inherits AS i
    WHERE i.inhparent = pg_catalog.to_regclass(_parent) AND i.inhrelid = pg_catalog.to_regclass(_child);
  IF FOUND AND NOT _pending THEN
    RETURN;
  ELSIF FOUND THEN
    RETURN NEXT pg_catalog.format('ALTER TABLE %s DETACH PARTITION %s FINALIZE', _parent, _child);
  END IF;
  RETURN NEXT pg_catalog.format('CALL pg_temp.sqlstitch_next(%L, %s)', _name, _number);
END $sqlstitch$;

GRANT EXECUTE ON FUNCTION pg_temp.sqlstitch_at(text, integer), pg_temp.sqlstitch_in_doubt(text, integer), pg_temp.sqlstitch_index(text, integer, text, text), pg_temp.sqlstitch_detach(text, integer, text, text), pg_temp.sqlstitch_ask(text, integer, text) TO PUBLIC;
GRANT EXECUTE ON PROCEDURE pg_temp.sqlstitch_started(text, integer), pg_temp.sqlstitch_next(text, integer), pg_temp.sqlstitch_failed(text, integer) TO PUBLIC;

-- Where the data of a COPY go that is not to run again: psql reads them in any case.
DO $sqlstitch$
BEGIN
  IF pg_catalog.to_regclass('pg_temp.sqlstitch_sink') IS NULL THEN
    CREATE TABLE pg_temp.sqlstitch_sink (line text);
  END IF;
END $sqlstitch$;
