  IF pg_catalog.current_setting('server_version_num')::integer < 130000 THEN
    RAISE EXCEPTION 'this script is for PostgreSQL 13 and later, and the server is %', pg_catalog.current_setting('server_version');
  END IF;
  SELECT c.oid, c.relkind INTO _ledger, _kind
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = {{schema_text}} AND c.relname = {{table_text}};
  IF FOUND THEN
    SELECT pg_catalog.string_agg(pg_catalog.format('"%s"', e.name), ', ' ORDER BY e.ordinal) INTO _missing
      FROM pg_catalog.unnest(ARRAY['name', 'checksum', 'algorithm', 'ordinal', 'phase', 'kind', 'state', 'statements', 'started_statement', 'next_statement',
        'applied_at', 'applied_by', 'duration_ms', 'version', 'bundle', 'revision', 'format']) WITH ORDINALITY AS e (name, ordinal)
      WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = _ledger AND a.attname = e.name AND a.attnum > 0 AND NOT a.attisdropped);
    IF _missing IS NOT NULL OR _kind <> 'r' THEN
      RAISE EXCEPTION 'the table % is not a ledger of sqlstitch: %', {{ledger_name}},
        CASE WHEN _missing IS NULL THEN 'it is no ordinary table'
          WHEN _missing LIKE '%, %' THEN 'it has no columns ' || _missing
          ELSE 'it has no column ' || _missing END
        USING HINT = 'Build the script with another --ledger SCHEMA.TABLE.';
    END IF;
    SELECT pg_catalog.string_agg(p.privilege, ', ') INTO _missing
      FROM pg_catalog.unnest(ARRAY['USAGE', 'SELECT']) AS p (privilege)
      WHERE CASE p.privilege WHEN 'USAGE' THEN NOT pg_catalog.has_schema_privilege({{schema_text}}, 'USAGE')
        ELSE NOT pg_catalog.has_table_privilege(_ledger, p.privilege) END;
    IF _missing IS NOT NULL THEN
      RAISE EXCEPTION '% may not read the ledger, %', current_user, {{ledger_name}}
        USING HINT = pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %I; GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %2$I;', {{schema_text}}, current_user, {{ledger_name}});
    END IF;
    SELECT pg_catalog.max(l.format) INTO _format FROM {{ledger}} AS l;
    IF _format > 1 THEN
      RAISE EXCEPTION 'the ledger % is of format %, and this script knows format 1 only', {{ledger_name}}, _format
        USING HINT = 'Build the script with the sqlstitch that wrote the ledger, or a later one.';
    END IF;
  END IF;
