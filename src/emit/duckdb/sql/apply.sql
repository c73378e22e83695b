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
SET VARIABLE sqlstitch_due = (SELECT coalesce(string_agg(CASE
    WHEN l.name IS NULL THEN '1'
    WHEN l.checksum <> b.checksum AND b.kind = 'repeatable' THEN '1'
    WHEN l.checksum = b.checksum AND l.state = 'running' AND s.statement >= l.next_statement THEN '1'
    ELSE '0' END, '' ORDER BY s.step), '')
  FROM temp.sqlstitch_step AS s JOIN temp.sqlstitch_bundle AS b ON b.position = s.position LEFT JOIN {ledger} AS l ON l.name = b.name);
