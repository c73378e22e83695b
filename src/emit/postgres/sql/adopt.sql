-- Patches that {{their_name}} has are recorded as applied.
DO $sqlstitch$
BEGIN
  IF pg_catalog.texteq(pg_catalog.current_setting('sqlstitch.applied', true), {{applied}}) THEN
    RETURN;
  END IF;
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_adopt() RETURNS void LANGUAGE plpgsql AS $function$
  DECLARE
    _ours jsonb := $bundle$[
{{ours}}
]$bundle$;
    _theirs jsonb;
    _table oid := pg_catalog.to_regclass({{their_text}});
    _checksum text := 'NULL';
    _created text := 'NULL';
    _row record;
    _changed text[];
    _hint text;
    _count integer := 0;
  BEGIN
    IF _table IS NULL THEN
      RAISE NOTICE 'there is no table % to adopt patches from', {{their_text}};
      RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = _table AND a.attname = {{name_text}} AND a.attnum > 0 AND NOT a.attisdropped) THEN
      RAISE EXCEPTION 'the table % holds no patches to adopt: it has no column "%"', {{their_text}}, {{name_text}}
        USING HINT = 'Name the column in sqlstitch.toml: adopt = { table = "...", name = "...", checksum = "..." }';
    END IF;
    IF NOT pg_catalog.has_table_privilege(_table, 'SELECT') THEN
      RAISE EXCEPTION '% needs SELECT on the table to adopt, %', current_user, {{their_text}}
        USING HINT = pg_catalog.format('GRANT SELECT ON %s TO %I;', {{their_text}}, current_user);
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = _table AND a.attname = {{checksum_text}} AND a.attnum > 0 AND NOT a.attisdropped) THEN
      _checksum := {{checksum_column}};
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = _table AND a.attname = 'created' AND a.attnum > 0 AND NOT a.attisdropped
      AND a.atttypid IN ('pg_catalog.timestamp'::pg_catalog.regtype, 'pg_catalog.timestamptz'::pg_catalog.regtype))
    THEN
      _created := 'a.created';
    END IF;
    EXECUTE pg_catalog.format('SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(''name'', pg_catalog.btrim(%s::text), ''checksum'', pg_catalog.btrim(%s::text), ''created'', %s)) FROM %s AS a',
      {{name_column}}, _checksum, _created, {{their_text}}) INTO _theirs;
    FOR _row IN
      SELECT b.name, b.path, b.checksum, b.phase, b.kind, b.statements, o.checksum AS ours, t.name = ANY (o.said) AS is_said, t.name AS their_name, t.checksum AS theirs, t.created,
          pg_catalog.count(*) OVER (PARTITION BY t.name) AS several,
          pg_catalog.bool_or(t.checksum = o.checksum) OVER (PARTITION BY t.name) AS any_same, pg_catalog.bool_or(t.name = ANY (o.said)) OVER (PARTITION BY t.name) AS any_said
        FROM pg_catalog.jsonb_to_recordset(_ours) AS o (name text, "like" text, said text[], checksum text)
          JOIN pg_temp.sqlstitch_bundle AS b ON b.name = o.name
          JOIN pg_catalog.jsonb_to_recordset(_theirs) AS t (name text, checksum text, created timestamptz) ON t.name = o."like" OR t.name = ANY (o.said)
        WHERE NOT EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = b.name)
        ORDER BY b.ordinal
    LOOP
      -- One name of theirs may fit several files of ours: what a header says counts, else the checksum.
      CONTINUE WHEN _row.any_said AND NOT _row.is_said;
      IF _row.several > 1 AND NOT _row.is_said AND _row.theirs IS DISTINCT FROM _row.ours THEN
        CONTINUE WHEN _row.any_same;
        _changed := _changed || pg_catalog.format('"%s" in %s may be patch "%s" (%s) or another one of this script', _row.their_name, {{their_text}}, _row.name, _row.path);
        _hint := coalesce(_hint, pg_catalog.format('Say which one it is, in its header: -- formerly: %s', _row.their_name));
      ELSIF _row.theirs ~ '^[0-9a-f]{40}$' AND _row.theirs <> _row.ours AND (_row.kind = 'repeatable' OR {{on_drift}} <> 'ignore') THEN
        CONTINUE WHEN _row.kind = 'repeatable';
        IF {{on_drift}} = 'error' THEN
          _changed := _changed || pg_catalog.format('patch "%s" (%s) was changed after it was applied, says %s', _row.name, _row.path, {{their_text}});
          _hint := coalesce(_hint, pg_catalog.format('Put the change into a new patch and this one back as it was; or accept it: UPDATE %s SET %I = %L WHERE %I = %L;',
            {{their_text}}, {{checksum_text}}, _row.ours, {{name_text}}, _row.their_name));
          CONTINUE;
        END IF;
        RAISE WARNING 'patch "%" (%) was changed after it was applied, says %', _row.name, _row.path, {{their_text}};
      END IF;
      INSERT INTO {{ledger}} AS l (name, checksum, algorithm, ordinal, phase, kind, state, statements, applied_at, applied_by, version, bundle, revision)
        SELECT _row.name, _row.checksum, {{algorithm}}, 1 + coalesce((SELECT pg_catalog.max(o.ordinal) FROM {{ledger}} AS o), 0), _row.phase, _row.kind, 'applied', _row.statements,
          coalesce(_row.created, pg_catalog.clock_timestamp()), session_user, {{version}}, {{bundle_id}}, {{revision}}
        ON CONFLICT (name) DO NOTHING;
      _count := _count + 1;
    END LOOP;
    IF _changed IS NOT NULL THEN
      RAISE EXCEPTION '%', pg_catalog.array_to_string(_changed[1:20], E'\n') USING HINT = _hint;
    END IF;
    IF _count > 0 THEN
      RAISE NOTICE 'recorded % patches as applied, because % has them', _count, {{their_text}};
    END IF;
  END $function$;
END $sqlstitch$;
