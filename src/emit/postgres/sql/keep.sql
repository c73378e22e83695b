-- What is saved of an object that is taken down: statements that make it again, and all that belongs
-- to it. They run under the search_path of these functions, so every name has its schema.
DO $sqlstitch$
BEGIN
  IF pg_catalog.texteq(pg_catalog.current_setting('sqlstitch.applied', true), {{applied}}) THEN
    RETURN;
  END IF;

  -- Saves an object and returns the statement that drops it.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_keep(_class oid, _object oid, _kind text, _level integer, _standing text) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  DECLARE
    _new record;
    _old record;
  BEGIN
    IF _class = 'pg_class'::regclass THEN
      SELECT * INTO _new FROM pg_temp.sqlstitch_keep_relation(_object, _kind);
    ELSIF _class = 'pg_proc'::regclass THEN
      SELECT * INTO _new FROM pg_temp.sqlstitch_keep_routine(_object, _kind);
    ELSE
      SELECT * INTO _new FROM pg_temp.sqlstitch_keep_part(_class, _object);
    END IF;
    -- Of one that was taken down before, what is not back yet is still to come.
    DELETE FROM pg_temp.sqlstitch_kept AS k WHERE k.object = _new.object AND k.kind = _kind RETURNING k.* INTO _old;
    INSERT INTO pg_temp.sqlstitch_kept (position, label, kind, schema, name, object, present, make, standing, details, refresh)
      VALUES (_level, _kind || ' ' || _new.object, _kind, _new.schema, _new.name, _new.object, _new.present,
        CASE WHEN _standing IN ('taken', 'cascade') THEN _new.make END, _standing,
        _new.details || coalesce((SELECT jsonb_agg(d ORDER BY o) FROM jsonb_array_elements(_old.details) WITH ORDINALITY AS d (d, o) WHERE NOT _new.details @> jsonb_build_array(d)), '[]'),
        _standing IN ('taken', 'cascade') AND (_new.refresh OR coalesce(_old.refresh, false)));
    RETURN _new.drop;
  END $function$;

  -- Privileges as statements, each after that on which it rests.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_grants(_acl aclitem[], _owner oid, _columns text, _on text) RETURNS jsonb LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $function$
    WITH RECURSIVE given AS (
      SELECT a.grantor, a.grantee, a.privilege_type, a.is_grantable, 0 AS depth FROM aclexplode(_acl) AS a WHERE a.grantor = _owner
      UNION ALL
      SELECT a.grantor, a.grantee, a.privilege_type, a.is_grantable, g.depth + 1
        FROM given AS g JOIN aclexplode(_acl) AS a ON a.grantor = g.grantee AND a.privilege_type = g.privilege_type
        WHERE g.is_grantable AND a.grantor <> _owner AND g.depth < 32)
    SELECT coalesce(jsonb_agg(
        jsonb_build_object('what', 'a grant on ' || _on, 'sql', format('GRANT %s%s ON %s TO %s%s', g.privilege_type, _columns, _on,
          CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END))
        || CASE WHEN g.grantor = _owner THEN '{}' ELSE jsonb_build_object('by', pg_get_userbyid(g.grantor)) END
        ORDER BY g.depth, g.grantee, g.privilege_type), '[]')
      FROM (SELECT s.grantor, s.grantee, s.privilege_type, s.is_grantable, min(s.depth) AS depth FROM given AS s GROUP BY 1, 2, 3, 4) AS g
  $function$;

  -- The comment, the security labels and the extensions that an object goes with.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_remarks(_class oid, _object oid, _on text) RETURNS SETOF jsonb LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $function$
    SELECT jsonb_build_object('what', 'the comment on ' || _on, 'sql', format('COMMENT ON %s IS %L', _on, d.description))
      FROM pg_description AS d WHERE d.classoid = _class AND d.objoid = _object AND d.objsubid = 0
    UNION ALL
    SELECT jsonb_build_object('what', 'the label on ' || _on, 'sql', format('SECURITY LABEL FOR %I ON %s IS %L', l.provider, _on, l.label))
      FROM pg_seclabel AS l WHERE l.classoid = _class AND l.objoid = _object AND l.objsubid = 0
    UNION ALL
    SELECT jsonb_build_object('what', 'the extension of ' || _on, 'sql', format('ALTER %s DEPENDS ON EXTENSION %I', _on, e.extname))
      FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
      WHERE d.classid = _class AND d.objid = _object AND d.deptype = 'x' AND d.refclassid = 'pg_extension'::regclass
  $function$;

  -- A view or a materialized view.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_keep_relation(_oid oid, _kind text, OUT schema text, OUT name text, OUT object text, OUT present text, OUT make text, OUT drop text, OUT details jsonb, OUT refresh boolean) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  DECLARE
    _r record;
    _options text;
    _on text;
    _column text := 'NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = to_regclass(%L) AND a.attname = %L AND NOT a.attisdropped)';
  BEGIN
    SELECT c.*, n.nspname, t.spcname, m.amname, x.reloptions AS toast_options INTO _r
      FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN pg_tablespace AS t ON t.oid = c.reltablespace LEFT JOIN pg_am AS m ON m.oid = c.relam LEFT JOIN pg_class AS x ON x.oid = c.reltoastrelid
      WHERE c.oid = _oid;
    schema := _r.nspname;
    name := _r.relname;
    object := format('%I.%I', schema, name);
    present := format('to_regclass(%L) IS NOT NULL', object);
    drop := format('DROP %s %s', upper(_kind), object);
    refresh := _kind = 'materialized view' AND _r.relispopulated;
    SELECT ' WITH (' || string_agg(format('%s%I = %L', o.prefix, split_part(o.setting, '=', 1), substr(o.setting, strpos(o.setting, '=') + 1)), ', ') || ')' INTO _options
      FROM (SELECT '' AS prefix, unnest(_r.reloptions) AS setting UNION ALL SELECT 'toast.', unnest(_r.toast_options)) AS o;
    make := format('CREATE %s %s%s%s%s AS %s%s', upper(_kind), object, ' USING ' || quote_ident(_r.amname), _options, ' TABLESPACE ' || quote_ident(_r.spcname),
      rtrim(pg_get_viewdef(_oid), ';'), CASE _kind WHEN 'view' THEN '' ELSE ' WITH NO DATA' END);
    _on := upper(_kind) || ' ' || object;
    SELECT jsonb_agg(d.detail ORDER BY d.place, d.name) INTO details FROM (
      SELECT 1 AS place, '' AS name, jsonb_build_object('what', 'the owner of ' || object, 'sql', format('ALTER %s OWNER TO %I', _on, pg_get_userbyid(_r.relowner)),
          'unless', format('(SELECT c.relowner = %s FROM pg_class AS c WHERE c.oid = to_regclass(%L))', _r.relowner, object)) AS detail
      UNION ALL
      SELECT 2, '', jsonb_build_object('what', 'the grants on ' || object,
          'acl', (SELECT jsonb_agg(i::text ORDER BY i::text) FROM unnest(coalesce(_r.relacl, acldefault('r', _r.relowner))) AS i),
          'grants', pg_temp.sqlstitch_grants(coalesce(_r.relacl, acldefault('r', _r.relowner)), _r.relowner, '', object))
      UNION ALL
      SELECT 3, a.attname, g || jsonb_build_object('unless', format(_column, object, a.attname))
        FROM pg_attribute AS a, jsonb_array_elements(pg_temp.sqlstitch_grants(a.attacl, _r.relowner, format(' (%I)', a.attname), object)) AS g
        WHERE a.attrelid = _oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attacl IS NOT NULL
      UNION ALL
      SELECT 4, '', r FROM pg_temp.sqlstitch_remarks('pg_class'::regclass, _oid, _on) AS r
      UNION ALL
      SELECT 5, a.attname, jsonb_build_object('what', format('the comment on column %s.%I', object, a.attname), 'sql', format('COMMENT ON COLUMN %s.%I IS %L', object, a.attname, d.description),
          'unless', format(_column, object, a.attname))
        FROM pg_description AS d JOIN pg_attribute AS a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
        WHERE d.classoid = 'pg_class'::regclass AND d.objoid = _oid AND d.objsubid > 0
      UNION ALL
      SELECT 6, a.attname, jsonb_build_object('what', format('the label on column %s.%I', object, a.attname), 'sql', format('SECURITY LABEL FOR %I ON COLUMN %s.%I IS %L', l.provider, object, a.attname, l.label),
          'unless', format(_column, object, a.attname))
        FROM pg_seclabel AS l JOIN pg_attribute AS a ON a.attrelid = l.objoid AND a.attnum = l.objsubid
        WHERE l.classoid = 'pg_class'::regclass AND l.objoid = _oid AND l.objsubid > 0
      UNION ALL
      SELECT 7, a.attname, jsonb_build_object('what', format('the default of column %s.%I', object, a.attname), 'sql', format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', object, a.attname, pg_get_expr(d.adbin, d.adrelid)),
          'unless', format(_column, object, a.attname))
        FROM pg_attrdef AS d JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = _oid
      UNION ALL
      -- What a version of the server does not have yet, or has elsewhere, is asked for as JSON.
      SELECT 8, a.attname, jsonb_build_object('what', format('the settings of column %s.%I', object, a.attname), 'sql', format('ALTER MATERIALIZED VIEW %s ALTER COLUMN %I %s', object, a.attname, s.setting),
          'unless', format(_column, object, a.attname))
        FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid,
          LATERAL (
            SELECT 'SET STATISTICS ' || (to_jsonb(a) ->> 'attstattarget') AS setting WHERE (to_jsonb(a) ->> 'attstattarget')::integer >= 0
            UNION ALL SELECT 'SET STORAGE ' || CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END WHERE a.attstorage <> t.typstorage
            UNION ALL SELECT 'SET COMPRESSION ' || CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz' ELSE 'lz4' END WHERE to_jsonb(a) ->> 'attcompression' IN ('p', 'l')
            UNION ALL SELECT format('SET (%s)', array_to_string(a.attoptions, ', ')) WHERE a.attoptions IS NOT NULL) AS s
        WHERE _kind = 'materialized view' AND a.attrelid = _oid AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL
      SELECT 9, x.indexrelid::regclass::text, jsonb_build_object('late', true, 'may_go', true, 'what', format('index %s', x.indexrelid::regclass), 'sql', pg_get_indexdef(x.indexrelid),
          'unless', format('to_regclass(%L) IS NOT NULL', x.indexrelid::regclass),
          'then', (
            SELECT jsonb_agg(s.sql) FROM (
              SELECT format('ALTER INDEX %s SET TABLESPACE %I', x.indexrelid::regclass, t.spcname) AS sql FROM pg_tablespace AS t WHERE t.oid = c.reltablespace
              UNION ALL SELECT format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', x.indexrelid::regclass, a.attnum, to_jsonb(a) ->> 'attstattarget') FROM pg_attribute AS a WHERE a.attrelid = x.indexrelid AND (to_jsonb(a) ->> 'attstattarget')::integer >= 0
              UNION ALL SELECT r ->> 'sql' FROM pg_temp.sqlstitch_remarks('pg_class'::regclass, x.indexrelid, 'INDEX ' || x.indexrelid::regclass) AS r
              UNION ALL SELECT format('ALTER MATERIALIZED VIEW %s CLUSTER ON %I', object, c.relname) WHERE x.indisclustered) AS s))
        FROM pg_index AS x JOIN pg_class AS c ON c.oid = x.indexrelid WHERE x.indrelid = _oid
      UNION ALL
      SELECT 10, s.stxname, jsonb_build_object('late', true, 'may_go', true, 'what', format('statistics %I.%I', n.nspname, s.stxname), 'sql', pg_get_statisticsobjdef(s.oid),
          'unless', format('EXISTS (SELECT FROM pg_statistic_ext AS s WHERE s.stxrelid = to_regclass(%L) AND s.stxname = %L)', object, s.stxname),
          'then', (
            SELECT jsonb_agg(p.sql) FROM (
              SELECT format('ALTER STATISTICS %I.%I OWNER TO %I', n.nspname, s.stxname, pg_get_userbyid(s.stxowner)) AS sql
              UNION ALL SELECT format('ALTER STATISTICS %I.%I SET STATISTICS %s', n.nspname, s.stxname, to_jsonb(s) ->> 'stxstattarget') WHERE (to_jsonb(s) ->> 'stxstattarget')::integer >= 0
              UNION ALL SELECT r ->> 'sql' FROM pg_temp.sqlstitch_remarks('pg_statistic_ext'::regclass, s.oid, format('STATISTICS %I.%I', n.nspname, s.stxname)) AS r) AS p))
        FROM pg_statistic_ext AS s JOIN pg_namespace AS n ON n.oid = s.stxnamespace WHERE s.stxrelid = _oid
      UNION ALL
      SELECT 11, t.tgname, jsonb_build_object('late', true, 'what', format('trigger %I on %s', t.tgname, object), 'sql', pg_get_triggerdef(t.oid),
          'unless', format('EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = to_regclass(%L) AND t.tgname = %L)', object, t.tgname),
          'then', (SELECT jsonb_agg(r ->> 'sql') FROM pg_temp.sqlstitch_remarks('pg_trigger'::regclass, t.oid, format('TRIGGER %I ON %s', t.tgname, object)) AS r))
        FROM pg_trigger AS t WHERE t.tgrelid = _oid AND NOT t.tgisinternal
      UNION ALL
      SELECT 12, w.rulename, jsonb_build_object('late', true, 'what', format('rule %I on %s', w.rulename, object), 'sql', pg_get_ruledef(w.oid),
          'unless', format('EXISTS (SELECT FROM pg_rewrite AS w WHERE w.ev_class = to_regclass(%L) AND w.rulename = %L)', object, w.rulename),
          'then', (SELECT jsonb_agg(r ->> 'sql') FROM pg_temp.sqlstitch_remarks('pg_rewrite'::regclass, w.oid, format('RULE %I ON %s', w.rulename, object)) AS r))
        FROM pg_rewrite AS w WHERE w.ev_class = _oid AND w.rulename <> '_RETURN') AS d;
  END $function$;

  -- A function or a procedure.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_keep_routine(_oid oid, _kind text, OUT schema text, OUT name text, OUT object text, OUT present text, OUT make text, OUT drop text, OUT details jsonb, OUT refresh boolean) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  DECLARE
    _r record;
    _on text;
  BEGIN
    SELECT p.*, n.nspname, coalesce(p.proacl, acldefault('f', p.proowner)) AS acl INTO _r FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE p.oid = _oid;
    schema := _r.nspname;
    name := _r.proname;
    object := _oid::regprocedure::text;
    present := format('to_regprocedure(%L) IS NOT NULL', object);
    make := pg_get_functiondef(_oid);
    drop := format('DROP %s %s', upper(_kind), object);
    refresh := false;
    _on := upper(_kind) || ' ' || object;
    SELECT jsonb_agg(d.detail ORDER BY d.place) INTO details FROM (
      SELECT 1 AS place, jsonb_build_object('what', 'the owner of ' || object, 'sql', format('ALTER %s OWNER TO %I', _on, pg_get_userbyid(_r.proowner)),
          'unless', format('(SELECT p.proowner = %s FROM pg_proc AS p WHERE p.oid = to_regprocedure(%L))', _r.proowner, object)) AS detail
      UNION ALL
      SELECT 2, jsonb_build_object('what', 'the grants on ' || object,
          'acl', (SELECT jsonb_agg(i::text ORDER BY i::text) FROM unnest(_r.acl) AS i),
          'grants', pg_temp.sqlstitch_grants(_r.acl, _r.proowner, '', _on))
      UNION ALL
      SELECT 3, r FROM pg_temp.sqlstitch_remarks('pg_proc'::regclass, _oid, _on) AS r) AS d;
  END $function$;

  -- What is part of a table, or of a view that stays: a rule, a trigger, a policy, a column's default.
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_keep_part(_class oid, _oid oid, OUT schema text, OUT name text, OUT object text, OUT present text, OUT make text, OUT drop text, OUT details jsonb, OUT refresh boolean) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$
  DECLARE
    _r record;
    _on text;
  BEGIN
    refresh := false;
    details := '[]';
    IF _class = 'pg_attrdef'::regclass THEN
      SELECT d.adrelid::regclass AS relation, a.attname, pg_get_expr(d.adbin, d.adrelid) AS value INTO _r
        FROM pg_attrdef AS d JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.oid = _oid;
      object := format('of column %s.%I', _r.relation, _r.attname);
      present := format('EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = to_regclass(%L) AND a.attname = %L AND a.atthasdef)', _r.relation, _r.attname);
      make := format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', _r.relation, _r.attname, _r.value);
      drop := format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', _r.relation, _r.attname);
      RETURN;
    ELSIF _class = 'pg_rewrite'::regclass THEN
      SELECT 'rule' AS kind, w.rulename AS name, w.ev_class::regclass AS relation, pg_get_ruledef(w.oid) AS make, w.ev_enabled AS state, 'pg_rewrite' AS catalog, 'ev_class' AS of, 'rulename' AS named INTO _r
        FROM pg_rewrite AS w WHERE w.oid = _oid;
    ELSIF _class = 'pg_trigger'::regclass THEN
      SELECT 'trigger' AS kind, t.tgname AS name, t.tgrelid::regclass AS relation, pg_get_triggerdef(t.oid) AS make, t.tgenabled AS state, 'pg_trigger' AS catalog, 'tgrelid' AS of, 'tgname' AS named INTO _r
        FROM pg_trigger AS t WHERE t.oid = _oid;
    ELSE
      SELECT 'policy' AS kind, p.polname AS name, p.polrelid::regclass AS relation, 'O'::"char" AS state, 'pg_policy' AS catalog, 'polrelid' AS of, 'polname' AS named,
          format('CREATE POLICY %I ON %s AS %s FOR %s TO %s', p.polname, p.polrelid::regclass, CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
            CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
            (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ') FROM unnest(p.polroles) AS r))
          || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') AS make INTO _r
        FROM pg_policy AS p WHERE p.oid = _oid;
    END IF;
    object := format('%I on %s', _r.name, _r.relation);
    present := format('EXISTS (SELECT FROM %I AS o WHERE o.%I = to_regclass(%L) AND o.%I = %L)', _r.catalog, _r.of, _r.relation, _r.named, _r.name);
    make := _r.make;
    drop := format('DROP %s %I ON %s', _r.kind, _r.name, _r.relation);
    _on := format('%s %I ON %s', upper(_r.kind), _r.name, _r.relation);
    details := coalesce((SELECT jsonb_agg(r) FROM pg_temp.sqlstitch_remarks(_class, _oid, _on) AS r), '[]');
    IF _r.state <> 'O' THEN
      details := details || jsonb_build_object('what', 'the state of ' || object, 'sql', format('ALTER TABLE %s %s %s %I', _r.relation,
        CASE _r.state WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, _r.kind, _r.name));
    END IF;
  END $function$;
END $sqlstitch$;
