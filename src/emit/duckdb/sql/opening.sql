SET VARIABLE sqlstitch_problem = (
  SELECT 'patch "' || b.name || '" (' || b.path || ') is not tried, because the patch before it, "' || p.name || '", is not applied'
      || coalesce(': it failed at ' || getvariable('sqlstitch_at'), '')
    FROM temp.sqlstitch_step AS s JOIN temp.sqlstitch_bundle AS b ON b.position = s.position JOIN temp.sqlstitch_bundle AS p ON p.position = b.position - 1
    WHERE s.step = {step} AND s.statement = 0
      AND NOT EXISTS (FROM {ledger} AS l WHERE l.name = p.name AND l.state = 'applied'));
SET VARIABLE sqlstitch_problem = coalesce(getvariable('sqlstitch_problem'), (
  SELECT 'patch "' || b.name || '" (' || b.path || ') does not go on, because its statement ' || s.statement::VARCHAR || ' is not applied'
      || coalesce(': it failed at ' || getvariable('sqlstitch_at'), '')
    FROM temp.sqlstitch_step AS s JOIN temp.sqlstitch_bundle AS b ON b.position = s.position
    WHERE s.step = {step} AND s.statement > 0
      AND NOT EXISTS (FROM {ledger} AS l WHERE l.name = b.name AND l.checksum = b.checksum AND l.next_statement = s.statement)));
SET VARIABLE sqlstitch_problem = coalesce(getvariable('sqlstitch_problem'), (
  SELECT 'patch "' || b.name || '" (' || b.path || ') has been applied in the meantime: run the script again'
    FROM temp.sqlstitch_step AS s JOIN temp.sqlstitch_bundle AS b ON b.position = s.position JOIN {ledger} AS l ON l.name = b.name
    WHERE s.step = {step} AND l.checksum = b.checksum AND (l.state = 'applied' OR l.next_statement > s.statement)));
SET VARIABLE sqlstitch_at = CASE WHEN getvariable('sqlstitch_problem') IS NOT NULL THEN error(getvariable('sqlstitch_problem')) END;
SET VARIABLE sqlstitch_started = uuid_extract_timestamp(uuidv7());
