-- How what was taken down is put back, and what happens to that which cannot be.
DO $sqlstitch$
BEGIN
  IF pg_catalog.texteq(pg_catalog.current_setting('sqlstitch.applied', true), {{applied}}) THEN
    RETURN;
  END IF;

  -- Does one thing of `details`: an object with `what` (for messages) and `sql`, and maybe `then` (more of
  -- it), `unless` (an expression), `by` (the role that does it), `acl` with `grants`, `late` (at the end of
  -- the patch, which may make it itself), `may_go` (with its column).
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_detail(_kind text, _object text, _detail jsonb) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET check_function_bodies = off SET default_tablespace = '' AS $function$
  DECLARE
    _skip boolean;
    _role text := current_setting('role');
    _owner oid;
    _acl aclitem[];
    _more record;
  BEGIN
    IF _detail ? 'unless' THEN
      EXECUTE format('SELECT %s', _detail ->> 'unless') INTO _skip;
      IF _skip THEN
        RETURN;
      END IF;
    END IF;
    IF _detail ? 'acl' THEN
      IF _kind IN ('view', 'materialized view') THEN
        SELECT c.relowner, coalesce(c.relacl, acldefault('r', c.relowner)) INTO _owner, _acl FROM pg_class AS c WHERE c.oid = to_regclass(_object);
        _kind := 'table';
      ELSE
        SELECT p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)) INTO _owner, _acl FROM pg_proc AS p WHERE p.oid = to_regprocedure(_object);
      END IF;
      IF (SELECT jsonb_agg(a::text ORDER BY a::text) FROM unnest(_acl) AS a) IS NOT DISTINCT FROM (_detail -> 'acl') THEN
        RETURN;
      END IF;
      -- What default privileges have granted goes, the owner's last.
      FOR _more IN SELECT DISTINCT e.grantee, e.grantee = _owner AS is_owner FROM aclexplode(_acl) AS e ORDER BY 2, 1 LOOP
        EXECUTE format('REVOKE ALL ON %s %s FROM %s CASCADE', _kind, _object, CASE _more.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(_more.grantee)) END);
      END LOOP;
      FOR _more IN SELECT g.value AS detail FROM jsonb_array_elements(_detail -> 'grants') AS g LOOP
        PERFORM pg_temp.sqlstitch_detail(_kind, _object, _more.detail);
      END LOOP;
      RETURN;
    END IF;
    IF _detail ? 'by' THEN
      BEGIN
        PERFORM set_config('role', _detail ->> 'by', true);
        EXECUTE _detail ->> 'sql';
        PERFORM set_config('role', _role, true);
        RETURN;
      EXCEPTION WHEN insufficient_privilege THEN
        NULL; -- Then it is granted by the owner.
      END;
    END IF;
    EXECUTE _detail ->> 'sql';
    FOR _more IN SELECT t.value AS sql FROM jsonb_array_elements_text(nullif(_detail -> 'then', 'null')) AS t LOOP
      EXECUTE _more.sql;
    END LOOP;
  END $function$;

  -- Whether a repeatable patch that is yet to run, after _name, makes it.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_made_later(_name text, _schema text, _object text) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  BEGIN
    RETURN EXISTS (
      SELECT FROM pg_temp.sqlstitch_makes AS m JOIN pg_temp.sqlstitch_bundle AS b ON b.name = m.patch
        WHERE m.name = _object AND (m.schema IS NULL OR m.schema = _schema)
          AND b.ordinal > (SELECT o.ordinal FROM pg_temp.sqlstitch_bundle AS o WHERE o.name = _name)
          AND NOT EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = b.name AND l.state = 'applied' AND l.checksum = b.checksum));
  END $function$;

  -- Puts back what can be by now; with the patch's name also what waits for its end. What a CASCADE of
  -- the patch has dropped may be made by its later statements, or by a later patch.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_put_back(_name text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET check_function_bodies = off SET default_tablespace = '' AS $function$
  DECLARE
    _row record;
    _late boolean := _name IS NOT NULL;
    _there boolean;
    _progress boolean := true;
    _rest jsonb;
    _problem text;
    _detail record;
  BEGIN
    WHILE _progress LOOP
      _progress := false;
      FOR _row IN SELECT k.ctid AS place, k.* FROM pg_temp.sqlstitch_kept AS k ORDER BY k.position, k.object LOOP
        _problem := NULL;
        EXECUTE format('SELECT %s', _row.present) INTO _there;
        IF NOT _there AND _row.make IS NOT NULL AND (_row.standing <> 'cascade' OR _late AND NOT pg_temp.sqlstitch_made_later(_name, _row.schema, _row.name)) THEN
          BEGIN
            EXECUTE _row.make;
            _there := true;
            _progress := true;
          EXCEPTION WHEN OTHERS THEN
            _problem := SQLERRM;
          END;
        END IF;
        _rest := _row.details;
        IF _there THEN
          _rest := '[]';
          FOR _detail IN SELECT d.value FROM jsonb_array_elements(_row.details) WITH ORDINALITY AS d ORDER BY d.ordinality LOOP
            IF _detail.value ? 'late' AND NOT _late AND _row.standing IN ('dropped', 'cascade') THEN
              _rest := _rest || _detail.value;
              CONTINUE;
            END IF;
            BEGIN
              PERFORM pg_temp.sqlstitch_detail(_row.kind, _row.object, _detail.value);
            EXCEPTION
              WHEN undefined_column THEN
                IF _late AND _detail.value ? 'may_go' AND _row.standing <> 'taken' THEN
                  RAISE WARNING '% has gone with its column: %', _detail.value ->> 'what', SQLERRM;
                ELSE
                  _problem := (_detail.value ->> 'what') || ': ' || SQLERRM;
                  _rest := _rest || _detail.value;
                END IF;
              WHEN OTHERS THEN
                _problem := (_detail.value ->> 'what') || ': ' || SQLERRM;
                _rest := _rest || _detail.value;
            END;
          END LOOP;
        END IF;
        IF _there AND _rest = '[]' AND NOT _row.refresh THEN
          DELETE FROM pg_temp.sqlstitch_kept AS k WHERE k.ctid = _row.place;
        ELSIF _rest <> _row.details OR _problem IS DISTINCT FROM _row.problem THEN
          UPDATE pg_temp.sqlstitch_kept AS k SET details = _rest, problem = _problem WHERE k.ctid = _row.place;
        END IF;
      END LOOP;
    END LOOP;
  END $function$;

  -- Takes over what an earlier patch, maybe of a run that was cut off, has left down.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_recall() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
  BEGIN
    IF to_regclass({{kept_name}}) IS NOT NULL THEN
      EXECUTE $kept$INSERT INTO pg_temp.sqlstitch_kept SELECT * FROM {{kept}}$kept$;
      EXECUTE $kept$DELETE FROM {{kept}}$kept$;
    END IF;
  END $function$;

  -- Leaves what is down to the patches that follow, beside the ledger.
  CREATE OR REPLACE PROCEDURE pg_temp.sqlstitch_store() LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $procedure$
  BEGIN
    IF EXISTS (SELECT FROM pg_temp.sqlstitch_kept) THEN
      IF to_regclass({{kept_name}}) IS NULL THEN
        EXECUTE $kept$CREATE TABLE {{kept}} (LIKE pg_temp.sqlstitch_kept)$kept$;
        EXECUTE $kept$COMMENT ON TABLE {{kept}} IS 'What repeatable patches have taken down and the next run of the script puts back.'$kept$;
      END IF;
      EXECUTE $kept$INSERT INTO {{kept}} SELECT * FROM pg_temp.sqlstitch_kept$kept$;
      DELETE FROM pg_temp.sqlstitch_kept;
    ELSIF to_regclass({{kept_name}}) IS NOT NULL THEN
      EXECUTE $kept$DROP TABLE {{kept}}$kept$;
    END IF;
  END $procedure$;

  -- The end of a patch: what is still down must be what a later patch of this script makes.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_settle(_name text) RETURNS void LANGUAGE plpgsql AS $function$
  DECLARE
    _row record;
  BEGIN
    IF EXISTS (SELECT FROM pg_temp.sqlstitch_bundle AS b WHERE b.name = _name AND b.kind <> 'repeatable') THEN
      RETURN;
    END IF;
    PERFORM pg_temp.sqlstitch_recall();
    PERFORM pg_temp.sqlstitch_put_back(_name);
    -- Under the session's own path: functions may need it.
    FOR _row IN SELECT k.ctid AS place, k.* FROM pg_temp.sqlstitch_kept AS k WHERE k.refresh AND pg_catalog.to_regclass(k.object) IS NOT NULL ORDER BY k.position, k.object LOOP
      BEGIN
        EXECUTE pg_catalog.format('REFRESH MATERIALIZED VIEW %s', _row.object);
        IF _row.details = '[]' THEN
          DELETE FROM pg_temp.sqlstitch_kept AS k WHERE k.ctid = _row.place;
        ELSE
          UPDATE pg_temp.sqlstitch_kept AS k SET refresh = false WHERE k.ctid = _row.place;
        END IF;
      EXCEPTION WHEN OTHERS THEN
        UPDATE pg_temp.sqlstitch_kept AS k SET problem = SQLERRM WHERE k.ctid = _row.place;
      END;
    END LOOP;
    PERFORM pg_temp.sqlstitch_account(_name);
    CALL pg_temp.sqlstitch_store();
  END $function$;

  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_account(_name text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  DECLARE
    _patch record;
    _row record;
    _there boolean;
    _lowest integer;
    _lost text[];
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_temp.sqlstitch_kept) THEN
      RETURN;
    END IF;
    SELECT b.* INTO _patch FROM pg_temp.sqlstitch_bundle AS b WHERE b.name = _name;
    -- The lowest one that a patch that is yet to run makes; what stands above it waits for it.
    SELECT min(k.position) INTO _lowest FROM pg_temp.sqlstitch_kept AS k WHERE pg_temp.sqlstitch_made_later(_name, k.schema, k.name);
    FOR _row IN SELECT k.ctid AS place, k.* FROM pg_temp.sqlstitch_kept AS k ORDER BY k.position, k.object LOOP
      EXECUTE format('SELECT %s', _row.present) INTO _there;
      IF _lowest <= _row.position AND (NOT _there OR _row.make IS NOT NULL) THEN
        CONTINUE;
      ELSIF NOT _there AND _row.standing = 'dropped' THEN
        DELETE FROM pg_temp.sqlstitch_kept AS k WHERE k.ctid = _row.place;
      ELSIF NOT _there AND _row.standing = 'cascade' THEN
        RAISE WARNING '% has gone with what it stood on, by CASCADE: %', _row.label, _row.problem;
        DELETE FROM pg_temp.sqlstitch_kept AS k WHERE k.ctid = _row.place;
      ELSIF _there AND NOT _row.refresh THEN
        _lost := _lost || format('%s cannot be kept as it was: %s', _row.label, _row.problem);
      ELSE
        _lost := _lost || format('%s stands on what patch "%s" (%s) replaces, and cannot be made again: %s', _row.label, _name, _patch.path, _row.problem);
      END IF;
    END LOOP;
    IF _lost IS NOT NULL THEN
      RAISE EXCEPTION '%', array_to_string(_lost[1:20], E'\n')
        USING ERRCODE = 'dependent_objects_still_exist', HINT = 'Write its new definition into a repeatable patch of this script, or drop it in a patch before this one.';
    END IF;
  END $function$;
END $sqlstitch$;
