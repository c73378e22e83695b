-- What the patches below call. It is gone with the session. All of it has a search path of its own: the
-- session's may lead to other operators and functions.
DO $sqlstitch$
BEGIN
  IF pg_catalog.texteq(pg_catalog.current_setting('sqlstitch.applied', true), {{applied}}) THEN
    RETURN;
  END IF;

  -- Ends the session of a client that has gone on after an error, so that nothing more is tried and
  -- psql without ON_ERROR_STOP does not exit with 0.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_stop(_message text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  BEGIN
    RAISE WARNING '%', _message USING HINT = 'The error is further up. Mend it and run the whole script again: what is {{done}} is not repeated.';
    PERFORM pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid());
    RAISE EXCEPTION '%', _message;
  END $function$;

  -- Waits for its turn. It must not wait for a script that runs statements outside a transaction: such
  -- a statement, CREATE INDEX CONCURRENTLY say, would wait for this session in turn.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_lock() RETURNS void LANGUAGE plpgsql AS $function$
  BEGIN
    IF pg_catalog.pg_try_advisory_xact_lock({{lock}}) THEN
      RETURN;
    END IF;
    IF EXISTS (
      SELECT FROM pg_catalog.pg_locks AS k
        WHERE k.locktype = 'advisory' AND k.granted AND k.objsubid = 1
          AND k.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
          AND (k.classid::bigint << 32 | k.objid::bigint) = {{lock_outside}})
    THEN
      RAISE EXCEPTION 'another script with the same ledger runs statements outside a transaction'
        USING HINT = 'Run this one again when the other has ended.';
    END IF;
    PERFORM pg_catalog.pg_advisory_xact_lock({{lock}});
  END $function$;

  -- Stops if a patch that is applied has changed since ({{on_drift}}), or one that has begun: all of this
  -- script's patches, or one.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_drift(_only text) RETURNS void LANGUAGE plpgsql AS $function$
  DECLARE
    _row record;
    _text text;
    _changed text[];
    _hint text;
  BEGIN
    FOR _row IN
      SELECT b.name, b.path, b.checksum, l.state, CASE WHEN l.checksum LIKE 'revert:%' THEN 'revert:' ELSE '' END AS mark
        FROM pg_temp.sqlstitch_bundle AS b JOIN {{ledger}} AS l ON l.name = b.name
        {{#revert}}
        WHERE l.checksum <> b.checksum AND l.checksum <> 'revert:' || b.checksum AND l.algorithm = {{algorithm}}
        {{/revert}}
        {{#forward}}
        WHERE l.checksum <> b.checksum AND l.algorithm = {{algorithm}}
        {{/forward}}
          AND (l.state = 'running' OR b.kind = 'once' AND {{on_drift}} <> 'ignore')
          AND (_only IS NULL OR b.name = _only)
        ORDER BY b.ordinal
    LOOP
      {{#forward}}
      IF _row.mark <> '' THEN
        RAISE EXCEPTION 'patch "%" (%) is partly undone', _row.name, _row.path
          USING HINT = 'Run the script that undoes it to its end first.';
      END IF;
      {{/forward}}
      _text := pg_catalog.format('patch "%s" (%s) was changed after it was %s', _row.name, _row.path,
        CASE _row.state WHEN 'applied' THEN 'applied' ELSE 'begun' END);
      IF _row.state = 'running' OR {{on_drift}} = 'error' THEN
        _changed := _changed || _text;
        _hint := coalesce(_hint, pg_catalog.format(
          {{drift_hint}} || ' or accept it: UPDATE %s SET checksum = %L WHERE name = %L;',
          {{ledger_name}}, _row.mark || _row.checksum, _row.name));
      ELSIF _only IS NULL THEN
        RAISE WARNING '%', _text;
      END IF;
    END LOOP;
    IF _changed IS NOT NULL THEN
      RAISE EXCEPTION '%', pg_catalog.array_to_string(_changed[1:20], E'\n') USING HINT = _hint;
    END IF;
  END $function$;

  -- Checks the whole bundle against the ledger.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_check() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  DECLARE
    _missing text[];
  BEGIN
    PERFORM pg_temp.sqlstitch_lock();
    {{#formerly}}
    -- Rows whose checksum tells whose they are, also where the old name is another patch's now.
    WITH claim AS (
      SELECT DISTINCT ON (b.name) l.name AS old, b.name AS new
        FROM pg_temp.sqlstitch_bundle AS b JOIN {{ledger}} AS l ON l.name = ANY (b.formerly) AND l.checksum = b.checksum
        WHERE NOT EXISTS (SELECT FROM {{ledger}} AS n WHERE n.name = b.name AND n.checksum = b.checksum)
          AND NOT EXISTS (SELECT FROM pg_temp.sqlstitch_bundle AS n WHERE n.name = l.name AND n.checksum = l.checksum)
        ORDER BY b.name, l.ordinal)
    UPDATE {{ledger}} AS l SET name = E'\001' || c.new
      FROM claim AS c
      WHERE l.name = c.old
        AND (NOT EXISTS (SELECT FROM {{ledger}} AS n WHERE n.name = c.new) OR EXISTS (SELECT FROM claim AS n WHERE n.old = c.new));
    UPDATE {{ledger}} AS l SET name = pg_catalog.substr(l.name, 2) WHERE l.name LIKE E'\001%';
    UPDATE {{ledger}} AS l SET name = b.name
      FROM pg_temp.sqlstitch_bundle AS b
      WHERE l.name = ANY (b.formerly)
        AND NOT EXISTS (SELECT FROM {{ledger}} AS n WHERE n.name = b.name)
        AND NOT EXISTS (SELECT FROM pg_temp.sqlstitch_bundle AS n WHERE n.name = l.name);
    {{/formerly}}
    {{#adopt}}
    PERFORM pg_temp.sqlstitch_adopt();
    {{/adopt}}
    {{#revert}}
    PERFORM pg_temp.sqlstitch_revertible();
    {{/revert}}
    PERFORM pg_temp.sqlstitch_drift(NULL);
    SELECT pg_catalog.array_agg(pg_catalog.format('patch "%s" (%s) requires patch "%s", which is not applied to this database', b.name, b.path, e.name) ORDER BY b.ordinal, e.name)
      INTO _missing
      FROM pg_temp.sqlstitch_bundle AS b CROSS JOIN pg_catalog.unnest(b.external) AS e (name)
      WHERE NOT EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = b.name)
        AND NOT EXISTS (SELECT FROM {{ledger}} AS l WHERE l.state = 'applied'
          AND (l.name = e.name OR l.name IN (SELECT pg_catalog.jsonb_array_elements_text(b.external_formerly -> e.name))));
    IF _missing IS NOT NULL THEN
      RAISE EXCEPTION '%', pg_catalog.array_to_string(_missing[1:20], E'\n') USING HINT = 'Apply the script that has it first.';
    END IF;
    {{#baseline}}
    PERFORM pg_temp.sqlstitch_baseline();
    {{/baseline}}
    UPDATE pg_temp.sqlstitch_bundle SET checked = true;
  END $function$;

  -- Constraints that are declared deferred become so again.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_defer() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  DECLARE
    _deferred text;
  BEGIN
    SELECT string_agg(DISTINCT format('%I.%I', n.nspname, c.conname), ', ') INTO _deferred
      FROM pg_constraint AS c JOIN pg_namespace AS n ON n.oid = c.connamespace
      WHERE c.condeferred AND NOT EXISTS (
        SELECT FROM pg_constraint AS o
          WHERE o.connamespace = c.connamespace AND o.conname = c.conname AND NOT o.condeferrable);
    IF _deferred IS NOT NULL THEN
      EXECUTE 'SET CONSTRAINTS ' || _deferred || ' DEFERRED';
    END IF;
  END $function$;

  -- Runs a statement that PostgreSQL may refuse while rows wait for a deferred constraint. A client that
  -- commits each statement would have had these checked by now, so they are checked, and it runs again.
  CREATE OR REPLACE PROCEDURE pg_temp.sqlstitch_settled(_statement text) LANGUAGE plpgsql AS $function$
  BEGIN
    EXECUTE _statement;
  EXCEPTION WHEN object_in_use THEN
    SET CONSTRAINTS ALL IMMEDIATE;
    EXECUTE _statement;
    PERFORM pg_temp.sqlstitch_defer();
  END $function$;

  -- Whether a patch is to run now: the session's settings to go back to, or NULL if it is {{done}}.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_decide(_name text, _path text) RETURNS jsonb LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  DECLARE
    _patch record;
    _row record;
    _before text;
  BEGIN
    IF pg_catalog.to_regclass('pg_temp.sqlstitch_bundle') IS NULL THEN
      PERFORM pg_temp.sqlstitch_stop('the checks at the head of this script did not pass, so nothing is {{done}}');
    END IF;
    SELECT b.* INTO _patch FROM pg_temp.sqlstitch_bundle AS b WHERE b.name = _name AND b.checked;
    IF NOT FOUND THEN
      PERFORM pg_temp.sqlstitch_stop('the checks at the head of this script did not pass, so nothing is {{done}}');
    END IF;
    -- The usual case, without the lock: what is {{done}} stays so.
    {{#revert}}
    IF NOT EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = _name) THEN
    {{/revert}}
    {{#forward}}
    IF EXISTS (
      SELECT FROM {{ledger}} AS l WHERE l.name = _name AND l.state = 'applied' AND l.checksum = _patch.checksum)
    THEN
    {{/forward}}
      RETURN NULL;
    END IF;
    PERFORM pg_temp.sqlstitch_lock();
    -- Again: another run may have done it while this one waited.
    SELECT l.checksum, l.state INTO _row FROM {{ledger}} AS l WHERE l.name = _name;
    {{#revert}}
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    PERFORM pg_temp.sqlstitch_drift(_name);
    IF _row.state = 'running' AND NOT (_patch.stepwise AND _row.checksum LIKE 'revert:%') THEN
      RAISE EXCEPTION 'patch "%" (%) was begun and has not ended', _name, _patch.path;
    END IF;
    SELECT b.name INTO _before FROM pg_temp.sqlstitch_bundle AS b
      WHERE b.ordinal = _patch.ordinal - 1 AND EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = b.name);
    IF FOUND THEN
      PERFORM pg_temp.sqlstitch_stop(pg_catalog.format('patch "%s" (%s) is not tried, because the patch before it, "%s", is still applied', _name, _patch.path, _before));
    END IF;
    {{/revert}}
    {{#forward}}
    IF FOUND THEN
      IF _row.checksum = _patch.checksum AND _row.state = 'applied' THEN
        RETURN NULL;
      END IF;
      PERFORM pg_temp.sqlstitch_drift(_name);
      IF _row.state = 'running' AND NOT _patch.stepwise THEN
        RAISE EXCEPTION 'patch "%" (%) was begun by another form of this script and has not ended', _name, _patch.path;
      ELSIF _row.state = 'applied' AND _patch.kind = 'once' THEN
        RETURN NULL;
      END IF;
    END IF;
    SELECT b.name INTO _before FROM pg_temp.sqlstitch_bundle AS b
      WHERE b.ordinal = _patch.ordinal - 1
        AND NOT EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = b.name AND l.state = 'applied' AND (b.kind = 'once' OR l.checksum = b.checksum));
    IF FOUND THEN
      PERFORM pg_temp.sqlstitch_stop(pg_catalog.format('patch "%s" (%s) is not tried, because the patch before it, "%s", is not applied', _name, _patch.path, _before));
    END IF;
    {{/forward}}
    -- Where the client runs all patches in one transaction, the end of the patch before has made
    -- every deferred constraint immediate; those that are declared deferred become so again.
    IF pg_catalog.current_setting('sqlstitch.transaction', true) = 'shared' THEN
      PERFORM pg_temp.sqlstitch_defer();
    END IF;
    RETURN pg_catalog.jsonb_build_object(
      'started', pg_catalog.clock_timestamp(),
      'role', pg_catalog.current_setting('role'),
      'session_authorization', pg_catalog.current_setting('session_authorization'),
      'settings', (
        SELECT pg_catalog.jsonb_object_agg(s.name, CASE s.name WHEN 'search_path' THEN _path ELSE pg_catalog.current_setting(s.name, true) END)
          FROM pg_catalog.unnest(ARRAY[{{settings}}]) AS s (name)
          WHERE pg_catalog.current_setting(s.name, true) IS NOT NULL));
  END $function$;

  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_due(_name text) RETURNS jsonb LANGUAGE sql AS $function$
    SELECT pg_temp.sqlstitch_decide(_name, pg_catalog.current_setting('search_path'))
  $function$;

  -- The end of a patch: deferred constraints are checked, settings and roles go back, the ledger knows.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_done(_name text, _was jsonb) RETURNS void LANGUAGE plpgsql AS $function$
  DECLARE
    _patch record;
    _took double precision;
    _deferrable text;
  BEGIN
    IF pg_catalog.jsonb_extract_path_text(_was, 'role') IS NULL THEN
      RETURN;
    END IF;
    -- Before any operator is looked up: the patch's path may have others. The session's comes last.
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);
    IF pg_catalog.current_setting('sqlstitch.transaction', true) = 'shared' THEN
      -- By name: after ALL IMMEDIATE, constraints that later patches make would be immediate too.
      SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('%I.%I', n.nspname, c.conname), ', ') INTO _deferrable
        FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.connamespace
        WHERE c.condeferrable;
      IF _deferrable IS NOT NULL THEN
        EXECUTE 'SET CONSTRAINTS ' || _deferrable || ' IMMEDIATE';
      END IF;
    ELSE
      SET CONSTRAINTS ALL IMMEDIATE;
    END IF;
    IF pg_catalog.current_setting('session_authorization') <> (_was ->> 'session_authorization') THEN
      PERFORM pg_catalog.set_config('session_authorization', _was ->> 'session_authorization', false);
    END IF;
    IF pg_catalog.current_setting('role') <> (_was ->> 'role') THEN
      PERFORM pg_catalog.set_config('role', _was ->> 'role', false);
    END IF;
    PERFORM pg_catalog.set_config(s.name, s.value, false)
      FROM pg_catalog.jsonb_each_text(_was -> 'settings') AS s (name, value)
      WHERE s.name <> 'search_path' AND pg_catalog.current_setting(s.name) IS DISTINCT FROM s.value;
    SELECT b.* INTO _patch FROM pg_temp.sqlstitch_bundle AS b WHERE b.name = _name;
{{settle}}    _took := pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - (_was ->> 'started')::timestamptz) * 1000;
    {{#revert}}
    DELETE FROM {{ledger}} AS l WHERE l.name = _name;
    {{/revert}}
    {{#forward}}
    INSERT INTO {{ledger}} AS l (name, checksum, algorithm, ordinal, phase, kind, state, statements, applied_at, applied_by, duration_ms, version, bundle, revision)
      SELECT _name, _patch.checksum, {{algorithm}}, 1 + coalesce((SELECT pg_catalog.max(o.ordinal) FROM {{ledger}} AS o), 0), _patch.phase, _patch.kind, 'applied', _patch.statements,
        pg_catalog.clock_timestamp(), session_user, _took, {{version}}, {{bundle_id}}, {{revision}}
      ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, algorithm = excluded.algorithm, phase = excluded.phase, kind = excluded.kind, state = excluded.state, statements = excluded.statements,
        started_statement = NULL, next_statement = NULL, applied_at = excluded.applied_at, applied_by = excluded.applied_by, duration_ms = excluded.duration_ms,
        version = excluded.version, bundle = excluded.bundle, revision = excluded.revision;
    {{/forward}}
    RAISE NOTICE '{{done}} patch "%" in % ms', _name, pg_catalog.round(_took);
    PERFORM pg_catalog.set_config('search_path', pg_catalog.jsonb_extract_path_text(_was, 'settings', 'search_path'), false);
  END $function$;
  -- Drops the temporary tables, views, sequences and functions that a patch has made.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_forget() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  DECLARE
    -- RESET ALL forgets it.
    _kept oid[] := nullif(current_setting('sqlstitch.temporary', true), '');
    _drop text;
  BEGIN
    FOR _drop IN
      SELECT format('DROP %s IF EXISTS pg_temp.%I CASCADE', CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.relname)
        FROM pg_class AS c
        WHERE c.relnamespace = pg_my_temp_schema() AND c.relkind IN ('r', 'p', 'v', 'S') AND c.relname NOT LIKE 'sqlstitch\_%' AND c.oid <> ALL (_kept)
          -- What belongs to a table goes with it.
          AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass)
      UNION ALL
      SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure)
        FROM pg_proc AS p
        WHERE p.pronamespace = pg_my_temp_schema() AND p.proname NOT LIKE 'sqlstitch\_%' AND p.oid <> ALL (_kept)
    LOOP
      EXECUTE _drop;
    END LOOP;
  END $function$;
  -- What is there before the first patch stays.
  PERFORM pg_catalog.set_config('sqlstitch.temporary', coalesce(pg_catalog.array_agg(o.oid), '{}')::text, false)
    FROM (SELECT c.oid FROM pg_catalog.pg_class AS c WHERE c.relnamespace = pg_catalog.pg_my_temp_schema()
      UNION ALL SELECT p.oid FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = pg_catalog.pg_my_temp_schema()) AS o;
  -- A patch may end under another role than it began.
  GRANT EXECUTE ON FUNCTION pg_temp.sqlstitch_done(text, jsonb), pg_temp.sqlstitch_defer() TO PUBLIC;
  GRANT EXECUTE ON PROCEDURE pg_temp.sqlstitch_settled(text) TO PUBLIC;
END $sqlstitch$;
