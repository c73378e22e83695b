SET VARIABLE sqlstitch_problem = (
  SELECT 'patch "' || b.name || '" (' || b.path || ') is not tried, because the patch before it, "' || p.name || '", is still applied'
      || coalesce(': it failed at ' || getvariable('sqlstitch_at'), '')
    FROM temp.sqlstitch_step AS s JOIN temp.sqlstitch_bundle AS b ON b.position = s.position JOIN temp.sqlstitch_bundle AS p ON p.position = b.position - 1
    WHERE s.step = {step} AND EXISTS (FROM {ledger} AS l WHERE l.name = p.name));
SET VARIABLE sqlstitch_problem = coalesce(getvariable('sqlstitch_problem'), (
  SELECT 'patch "' || b.name || '" (' || b.path || ') has been reverted in the meantime: run the script again'
    FROM temp.sqlstitch_step AS s JOIN temp.sqlstitch_bundle AS b ON b.position = s.position
    WHERE s.step = {step} AND b.name NOT IN (SELECT name FROM {ledger})));
SET VARIABLE sqlstitch_at = CASE WHEN getvariable('sqlstitch_problem') IS NOT NULL THEN error(getvariable('sqlstitch_problem')) END;
