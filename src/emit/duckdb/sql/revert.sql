SET VARIABLE sqlstitch_ready = (SELECT CASE WHEN count(*) > 0 THEN error(string_agg(message, chr(10) ORDER BY position, message)) END FROM (
  SELECT b.position, 'patch "' || b.name || '" (' || b.path || ') was changed after it was ' || CASE l.state WHEN 'applied' THEN 'applied' ELSE 'begun' END
      || chr(10) || 'help: put it back as it was; or accept the change: UPDATE ' || getvariable('sqlstitch_ledger') || ' SET checksum = '''
      || b.checksum || ''' WHERE name = ''' || replace(b.name, '''', '''''') || ''';' AS message
    FROM temp.sqlstitch_bundle AS b JOIN {ledger} AS l ON l.name = b.name
    WHERE l.checksum <> b.checksum AND l.algorithm = {{algorithm}} AND (l.state = 'running' OR b.kind = 'once' AND {{on_drift}} = 'error')
  UNION ALL
  SELECT b.position, 'patch "' || b.name || '" (' || b.path || ') was begun and has not ended' || chr(10) || 'help: run the script that applies it to its end first'
    FROM temp.sqlstitch_bundle AS b JOIN {ledger} AS l ON l.name = b.name WHERE l.state = 'running'
  UNION ALL
  SELECT b.position, 'patch "' || b.name || '" (' || b.path || ') cannot be undone: nothing undoes it, says its header'
    FROM temp.sqlstitch_bundle AS b JOIN {ledger} AS l ON l.name = b.name WHERE b.irreversible
  UNION ALL
  SELECT b.position, 'patch "' || b.name || '" (' || b.path || ') is needed by patch "' || b.dependent || '", which is applied to this database'
    FROM (SELECT position, name, path, unnest(dependents) AS dependent FROM temp.sqlstitch_bundle) AS b
    WHERE b.name IN (SELECT name FROM {ledger}) AND b.dependent IN (SELECT name FROM {ledger})));
-- Before the text: is the patch before it gone? After it: the ledger's row goes.
INSERT INTO temp.sqlstitch_around
  SELECT s.step, 'SET VARIABLE sqlstitch_problem = (SELECT CASE' || CASE
      WHEN p.name IS NOT NULL THEN ' WHEN count(*) FILTER (name = ' || temp.sqlstitch_quoted(p.name) || ') > 0 THEN '
        || temp.sqlstitch_quoted('patch "' || b.name || '" (' || b.path || ') is not tried, because the patch before it, "' || p.name || '", is still applied')
        || ' || coalesce('': it failed at '' || getvariable(''sqlstitch_at''), '''')'
      ELSE '' END
    || ' WHEN count(*) FILTER (name = ' || temp.sqlstitch_quoted(b.name) || ') = 0 THEN ' || temp.sqlstitch_quoted('patch "' || b.name || '" (' || b.path || ') has been reverted in the meantime: run the script again')
    || ' END FROM ' || getvariable('sqlstitch_ledger') || ' WHERE name IN (' || temp.sqlstitch_quoted(coalesce(p.name, b.name)) || ', ' || temp.sqlstitch_quoted(b.name) || '));
SET VARIABLE sqlstitch_started = CASE WHEN getvariable(''sqlstitch_problem'') IS NOT NULL THEN error(getvariable(''sqlstitch_problem'')) END;
',
    '
;
DELETE FROM ' || getvariable('sqlstitch_ledger') || ' WHERE name = ' || temp.sqlstitch_quoted(b.name) || ';
'
    FROM temp.sqlstitch_step AS s JOIN temp.sqlstitch_bundle AS b ON b.position = s.position
      LEFT JOIN temp.sqlstitch_bundle AS p ON p.position = b.position - 1
    WHERE b.name IN (SELECT name FROM {ledger});
SET VARIABLE sqlstitch_checked = true;
