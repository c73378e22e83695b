-- For repeatable patches: what stands on an object that cannot be replaced in place is taken down with
-- all that belongs to it, and put back when the object is there again. docs/engines/postgres.md says
-- what is kept.
DO $sqlstitch$
BEGIN
  IF pg_catalog.texteq(pg_catalog.current_setting('sqlstitch.applied', true), {{applied}}) THEN
    RETURN;
  END IF;
  IF pg_catalog.to_regclass('pg_temp.sqlstitch_kept') IS NOT NULL THEN
    DROP TABLE pg_temp.sqlstitch_kept, pg_temp.sqlstitch_found, pg_temp.sqlstitch_makes;
  END IF;

  -- What is down, or up again and not yet complete.
  CREATE TABLE pg_temp.sqlstitch_kept (
    position integer NOT NULL, -- the lower ones come first
    label text NOT NULL, -- for messages: view public.v
    kind text NOT NULL,
    schema text,
    name text,
    object text NOT NULL, -- its name in SQL
    present text NOT NULL, -- an expression: whether it is there
    make text, -- the statement that makes it; none where the patch does
    standing text NOT NULL, -- taken: we took it down; replaced or dropped: by the patch; cascade: by its CASCADE
    details jsonb NOT NULL, -- what belongs to it, see sqlstitch_detail
    refresh boolean NOT NULL, -- a materialized view that is to be filled
    problem text -- why it could not be put back
  );
  -- What the search for dependent objects has found.
  CREATE TABLE pg_temp.sqlstitch_found (class oid, object oid, level integer NOT NULL, kind text, PRIMARY KEY (class, object));
  -- Which repeatable patch makes what; no schema where the patch names none.
  CREATE TABLE pg_temp.sqlstitch_makes (patch text COLLATE "C" NOT NULL, schema text, name text NOT NULL);
  INSERT INTO pg_temp.sqlstitch_makes
    SELECT m ->> 0, m ->> 1, m ->> 2 FROM pg_catalog.jsonb_array_elements($makes$[
{{makes}}
]$makes$) AS m;
  -- A patch may run under another role.
  GRANT ALL ON pg_temp.sqlstitch_kept, pg_temp.sqlstitch_found, pg_temp.sqlstitch_makes TO PUBLIC;

  -- Fills sqlstitch_found with all that stands on the objects, each above all that it stands on itself.
  -- What belongs to a view or a materialized view (rules, triggers, indexes, defaults) is left out.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_find(_class oid, _objects oid[]) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  BEGIN
    DELETE FROM pg_temp.sqlstitch_found;
    INSERT INTO pg_temp.sqlstitch_found SELECT DISTINCT _class, o, 0 FROM unnest(_objects) AS o;
    FOR _level IN 0 .. 1000 LOOP
      INSERT INTO pg_temp.sqlstitch_found AS f
        SELECT DISTINCT CASE r.rulename WHEN '_RETURN' THEN 'pg_class'::regclass::oid ELSE d.classid END,
            CASE r.rulename WHEN '_RETURN' THEN r.ev_class ELSE d.objid END, _level + 1
          FROM pg_temp.sqlstitch_found AS b
            JOIN pg_depend AS d ON d.refclassid = b.class AND d.refobjid = b.object
            LEFT JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
            LEFT JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
            LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
            LEFT JOIN pg_trigger AS t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
            LEFT JOIN pg_attrdef AS a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid
            LEFT JOIN pg_statistic_ext AS s ON d.classid = 'pg_statistic_ext'::regclass AND s.oid = d.objid
          WHERE b.level = _level AND b.class IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass)
            AND (b.class = 'pg_class'::regclass AND b.object IN (r.ev_class, i.indrelid, t.tgrelid, a.adrelid, s.stxrelid)) IS NOT TRUE
            AND c.relkind IS DISTINCT FROM 't'
            -- The trigger of a partition goes with that of its table.
            AND coalesce(t.tgparentid, 0) = 0
        ON CONFLICT (class, object) DO UPDATE SET level = excluded.level;
      IF NOT FOUND THEN
        EXIT;
      ELSIF _level = 1000 THEN
        RAISE EXCEPTION '% stands on itself', pg_describe_object(_class, _objects[1], 0);
      END IF;
    END LOOP;
    -- The types of the rows of views, and arrays of them, are parts of these.
    DELETE FROM pg_temp.sqlstitch_found AS f USING pg_type AS t LEFT JOIN pg_type AS e ON e.oid = t.typelem
      WHERE f.class = 'pg_type'::regclass AND t.oid = f.object
        AND EXISTS (SELECT FROM pg_temp.sqlstitch_found AS v WHERE v.class = 'pg_class'::regclass AND v.object IN (t.typrelid, e.typrelid));
    -- So are the triggers, rules and defaults of one, also where they use another.
    DELETE FROM pg_temp.sqlstitch_found AS f
      WHERE EXISTS (
        SELECT FROM pg_temp.sqlstitch_found AS v
          WHERE v.class = 'pg_class'::regclass AND v.object IN (
            SELECT t.tgrelid FROM pg_trigger AS t WHERE f.class = 'pg_trigger'::regclass AND t.oid = f.object
            UNION ALL SELECT r.ev_class FROM pg_rewrite AS r WHERE f.class = 'pg_rewrite'::regclass AND r.oid = f.object
            UNION ALL SELECT a.adrelid FROM pg_attrdef AS a WHERE f.class = 'pg_attrdef'::regclass AND a.oid = f.object));
    UPDATE pg_temp.sqlstitch_found AS f SET kind = CASE f.class
        WHEN 'pg_class'::regclass THEN (SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' END FROM pg_class AS c WHERE c.oid = f.object AND c.relpersistence <> 't')
        WHEN 'pg_proc'::regclass THEN (SELECT CASE p.prokind WHEN 'f' THEN 'function' WHEN 'w' THEN 'function' WHEN 'p' THEN 'procedure' END FROM pg_proc AS p WHERE p.oid = f.object)
        WHEN 'pg_rewrite'::regclass THEN 'rule'
        WHEN 'pg_trigger'::regclass THEN 'trigger'
        WHEN 'pg_policy'::regclass THEN 'policy'
        WHEN 'pg_attrdef'::regclass THEN (
          SELECT 'default' FROM pg_attrdef AS d JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.oid = f.object AND a.attgenerated = '')
      END
      WHERE NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = f.class AND e.objid = f.object AND e.deptype = 'e');
  END $function$;

  -- Saves the objects, and what stands on them with its definitions, and takes that down. _standing is
  -- `replaced`: they go too; `dropped` or `cascade`: the statement that follows drops them.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_take_down(_class oid, _objects oid[], _standing text, _problem text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  DECLARE
    _cannot text;
    _row record;
    _drops text[] := '{}';
  BEGIN
    PERFORM pg_temp.sqlstitch_find(_class, _objects);
    SELECT string_agg(pg_describe_object(f.class, f.object, 0), ', ' ORDER BY f.level, pg_describe_object(f.class, f.object, 0)) INTO _cannot
      FROM pg_temp.sqlstitch_found AS f WHERE f.kind IS NULL;
    IF _cannot IS NOT NULL AND _standing <> 'cascade' THEN
      RAISE EXCEPTION '% %, and this cannot be taken down and put back: %', pg_describe_object(_class, _objects[1], 0), _problem, _cannot
        USING ERRCODE = 'dependent_objects_still_exist', HINT = 'Drop it first, and make it again in a later patch.';
    END IF;
    FOR _row IN SELECT f.class, f.object, f.level, f.kind, f.class = _class AND f.object = ANY (_objects) AS is_target
      FROM pg_temp.sqlstitch_found AS f WHERE f.kind IS NOT NULL ORDER BY f.level, f.object
    LOOP
      IF _row.is_target THEN
        IF _standing = 'replaced' THEN
          _drops := pg_temp.sqlstitch_keep(_row.class, _row.object, _row.kind, _row.level, _standing) || _drops;
        ELSE
          PERFORM pg_temp.sqlstitch_keep(_row.class, _row.object, _row.kind, _row.level, 'dropped');
        END IF;
      ELSIF _standing = 'cascade' THEN
        PERFORM pg_temp.sqlstitch_keep(_row.class, _row.object, _row.kind, _row.level, _standing);
      ELSE
        _drops := pg_temp.sqlstitch_keep(_row.class, _row.object, _row.kind, _row.level, 'taken') || _drops;
      END IF;
    END LOOP;
    FOR _place IN 1 .. cardinality(_drops) LOOP
      EXECUTE _drops[_place];
    END LOOP;
  END $function$;
END $sqlstitch$;
