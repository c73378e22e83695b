-- What statements of repeatable patches call that replace or drop views and routines.
DO $sqlstitch$
BEGIN
  IF pg_catalog.texteq(pg_catalog.current_setting('sqlstitch.applied', true), {{applied}}) THEN
    RETURN;
  END IF;

  -- Runs a statement that creates or replaces a view or a routine, in place where the server can.
  CREATE OR REPLACE PROCEDURE pg_temp.sqlstitch_replace(_text text, _kind text, _schema text, _name text) LANGUAGE plpgsql AS $procedure$
  DECLARE
    _problem text;
    _old oid;
    _candidates oid[];
    _arguments text;
  BEGIN
    PERFORM pg_temp.sqlstitch_recall();
    BEGIN
      EXECUTE _text;
    EXCEPTION WHEN invalid_table_definition OR invalid_function_definition OR wrong_object_type THEN
      GET STACKED DIAGNOSTICS _problem = MESSAGE_TEXT;
      _schema := coalesce(_schema, pg_catalog.current_schema());
      _candidates := pg_temp.sqlstitch_candidates(_kind, _schema, _name);
      IF _candidates IS NULL THEN
        RAISE;
      END IF;
      IF pg_temp.sqlstitch_is_one(_candidates) THEN
        _old := _candidates[1];
      ELSE
        -- Which of the routines of this name is meant, the server tells: with all of them out of the
        -- way, the new one is made, looked at and given up again.
        BEGIN
          PERFORM pg_temp.sqlstitch_set_aside(_candidates);
          EXECUTE _text;
          RAISE EXCEPTION USING ERRCODE = 'SQ001', MESSAGE = pg_temp.sqlstitch_arguments(_schema, _name);
        EXCEPTION WHEN SQLSTATE 'SQ001' THEN
          GET STACKED DIAGNOSTICS _arguments = MESSAGE_TEXT;
        END;
        _old := pg_temp.sqlstitch_with_arguments(_candidates, _arguments);
        IF _old IS NULL THEN
          RAISE;
        END IF;
      END IF;
      PERFORM pg_temp.sqlstitch_take_down(CASE _kind WHEN 'view' THEN 'pg_catalog.pg_class'::pg_catalog.regclass ELSE 'pg_catalog.pg_proc'::pg_catalog.regclass END,
        ARRAY[_old], 'replaced', pg_catalog.format('cannot be replaced in place (%s)', _problem));
      EXECUTE _text;
    END;
    PERFORM pg_temp.sqlstitch_put_back(NULL);
  END $procedure$;

  -- The old versions of what a statement creates: a view, or all routines of the name.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_candidates(_kind text, _schema text, _name text) RETURNS oid[] LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $function$
    SELECT array_agg(o.oid) FROM (
      SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE _kind = 'view' AND c.relkind = 'v' AND n.nspname = _schema AND c.relname = _name
      UNION ALL
      SELECT p.oid FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE _kind = 'routine' AND p.prokind <> 'a' AND n.nspname = _schema AND p.proname = _name) AS o
  $function$;

  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_is_one(_objects oid[]) RETURNS boolean LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $function$
    SELECT cardinality(_objects) = 1
  $function$;

  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_set_aside(_routines oid[]) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  BEGIN
    FOR _place IN 1 .. cardinality(_routines) LOOP
      EXECUTE format('ALTER ROUTINE %s RENAME TO %I', _routines[_place]::regprocedure, 'sqlstitch_aside_' || _routines[_place]);
    END LOOP;
  END $function$;

  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_arguments(_schema text, _name text) RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $function$
    SELECT p.proargtypes::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE n.nspname = _schema AND p.proname = _name
  $function$;

  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_with_arguments(_routines oid[], _arguments text) RETURNS oid LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $function$
    SELECT p.oid FROM pg_proc AS p WHERE p.oid = ANY (_routines) AND p.proargtypes::text = _arguments
  $function$;

  -- Runs a DROP of views or routines, given by their names as written.
  CREATE OR REPLACE PROCEDURE pg_temp.sqlstitch_drop(_text text, _kind text, _names text[], _cascade boolean) LANGUAGE plpgsql AS $procedure$
  DECLARE
    _objects oid[] := '{}';
    _name text;
    _object oid;
  BEGIN
    PERFORM pg_temp.sqlstitch_recall();
    FOREACH _name IN ARRAY _names LOOP
      IF pg_temp.sqlstitch_is_view(_kind) THEN
        _object := pg_catalog.to_regclass(_name);
      ELSE
        BEGIN
          _object := pg_catalog.to_regprocedure(_name);
        EXCEPTION WHEN OTHERS THEN
          -- Without arguments, or with names or modes of arguments.
          _object := pg_catalog.to_regproc(pg_catalog.split_part(_name, '(', 1));
        END;
      END IF;
      _objects := pg_catalog.array_append(_objects, _object);
    END LOOP;
    PERFORM pg_temp.sqlstitch_before_drop(_kind, _objects, _cascade);
    EXECUTE _text;
  END $procedure$;

  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_is_view(_kind text) RETURNS boolean LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $function$
    SELECT _kind = 'view'
  $function$;

  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_before_drop(_kind text, _objects oid[], _cascade boolean) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  DECLARE
    _there oid[];
  BEGIN
    -- What the DROP itself refuses or passes over is left to it.
    IF _kind = 'view' THEN
      SELECT array_agg(c.oid) INTO _there FROM pg_class AS c WHERE c.oid = ANY (_objects) AND c.relkind IN ('v', 'm') AND c.relpersistence <> 't';
    ELSE
      SELECT array_agg(p.oid) INTO _there FROM pg_proc AS p WHERE p.oid = ANY (_objects) AND p.prokind <> 'a';
    END IF;
    IF _there IS NOT NULL THEN
      PERFORM pg_temp.sqlstitch_take_down(CASE _kind WHEN 'view' THEN 'pg_class'::regclass ELSE 'pg_proc'::regclass END, _there,
        CASE WHEN _cascade THEN 'cascade' ELSE 'dropped' END, 'cannot be dropped because other objects depend on it');
    END IF;
  END $function$;
END $sqlstitch$;
