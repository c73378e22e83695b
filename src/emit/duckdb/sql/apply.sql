SET VARIABLE sqlstitch_ready = (SELECT CASE WHEN count(*) > 0 THEN error(string_agg(message, chr(10) ORDER BY position, message)) END FROM (
  SELECT b.position, 'patch "' || b.name || '" (' || b.path || ') was changed after it was ' || CASE l.state WHEN 'applied' THEN 'applied' ELSE 'begun' END
      || chr(10) || 'help: put the change into a new patch and this one back as it was; or accept it: UPDATE ' || getvariable('sqlstitch_ledger') || ' SET checksum = '''
      || b.checksum || ''' WHERE name = ''' || replace(b.name, '''', '''''') || ''';' AS message
    FROM temp.sqlstitch_bundle AS b JOIN {ledger} AS l ON l.name = b.name
    WHERE l.checksum <> b.checksum AND l.algorithm = {{algorithm}} AND (l.state = 'running' OR b.kind = 'once' AND {{on_drift}} = 'error')
  UNION ALL
  SELECT b.position, 'patch "' || b.name || '" (' || b.path || ') requires patch "' || b.required[1] || '", which is not applied to this database'
    FROM (SELECT position, name, path, unnest(external) AS required FROM temp.sqlstitch_bundle) AS b
    WHERE b.name NOT IN (SELECT name FROM {ledger}) AND NOT list_has_any(b.required, coalesce((SELECT list(name) FROM {ledger} WHERE state = 'applied'), []))));
-- Before the text: is the patch before it recorded? After it: the ledger's row.
INSERT INTO temp.sqlstitch_around
  SELECT s.step, 'SET VARIABLE sqlstitch_problem = (SELECT CASE' || CASE
      WHEN s.statement > 0 THEN ' WHEN count(*) FILTER (name = ' || temp.sqlstitch_quoted(b.name) || ' AND checksum = ''' || b.checksum || ''' AND next_statement = ' || s.statement::VARCHAR || ') = 0 THEN '
        || temp.sqlstitch_quoted('patch "' || b.name || '" (' || b.path || ') does not go on, because its statement ' || s.statement::VARCHAR || ' is not applied')
        || ' || coalesce('': it failed at '' || getvariable(''sqlstitch_at''), '''')'
      WHEN p.name IS NOT NULL THEN ' WHEN count(*) FILTER (name = ' || temp.sqlstitch_quoted(p.name) || ' AND state = ''applied'') = 0 THEN '
        || temp.sqlstitch_quoted('patch "' || b.name || '" (' || b.path || ') is not tried, because the patch before it, "' || p.name || '", is not applied')
        || ' || coalesce('': it failed at '' || getvariable(''sqlstitch_at''), '''')'
      ELSE '' END
    || ' WHEN count(*) FILTER (name = ' || temp.sqlstitch_quoted(b.name) || ' AND checksum = ''' || b.checksum || ''' AND (state = ''applied'' OR next_statement > ' || s.statement::VARCHAR || ')) > 0 THEN '
        || temp.sqlstitch_quoted('patch "' || b.name || '" (' || b.path || ') has been applied in the meantime: run the script again')
    || ' END FROM ' || getvariable('sqlstitch_ledger') || ' WHERE name IN (' || temp.sqlstitch_quoted(coalesce(p.name, b.name)) || ', ' || temp.sqlstitch_quoted(b.name) || '));
SET VARIABLE sqlstitch_started = CASE WHEN getvariable(''sqlstitch_problem'') IS NOT NULL THEN error(getvariable(''sqlstitch_problem'')) ELSE uuid_extract_timestamp(uuidv7()) END;
',
    '
;
INSERT INTO ' || getvariable('sqlstitch_ledger') || ' (name, checksum, algorithm, ordinal, phase, kind, state, statements, next_statement, applied_at, applied_by, duration_ms, version, bundle, revision, format)
  VALUES (' || concat_ws(', ', temp.sqlstitch_quoted(b.name), temp.sqlstitch_quoted(b.checksum), temp.sqlstitch_quoted({{algorithm}}), ((SELECT coalesce(max(ordinal), 0) FROM {ledger}) + dense_rank() OVER (ORDER BY s.position))::VARCHAR, temp.sqlstitch_quoted(b.phase), temp.sqlstitch_quoted(b.kind),
      CASE WHEN s.next < b.statements THEN '''running''' ELSE '''applied''' END, b.statements::VARCHAR, s.next::VARCHAR,
      'uuid_extract_timestamp(uuidv7()), current_user, date_diff(''millisecond'', getvariable(''sqlstitch_started''), uuid_extract_timestamp(uuidv7()))',
      temp.sqlstitch_quoted({{version}}), temp.sqlstitch_quoted({{bundle_id}}), coalesce(temp.sqlstitch_quoted({{revision}}), 'NULL'), '1)')
    || CASE WHEN l.name IS NULL AND s.statement = 0 THEN '' ELSE '
  ON CONFLICT (name) DO UPDATE SET
      checksum = excluded.checksum, algorithm = excluded.algorithm, ordinal = ' || CASE WHEN s.statement = 0 THEN 'excluded.ordinal' ELSE 'ordinal' END || ',
      phase = excluded.phase, kind = excluded.kind, state = excluded.state, statements = excluded.statements, next_statement = excluded.next_statement,
      applied_at = excluded.applied_at, applied_by = excluded.applied_by,
      duration_ms = ' || CASE WHEN s.statement = 0 THEN '' ELSE 'coalesce(duration_ms, 0) + ' END || 'excluded.duration_ms,
      version = excluded.version, bundle = excluded.bundle, revision = excluded.revision, format = excluded.format' END || ';
'
    FROM temp.sqlstitch_step AS s JOIN temp.sqlstitch_bundle AS b ON b.position = s.position
      LEFT JOIN temp.sqlstitch_bundle AS p ON p.position = b.position - 1 LEFT JOIN {ledger} AS l ON l.name = b.name
    WHERE l.name IS NULL OR l.checksum <> b.checksum AND b.kind = 'repeatable'
      OR l.checksum = b.checksum AND l.state = 'running' AND s.statement >= l.next_statement;
SET VARIABLE sqlstitch_checked = true;
