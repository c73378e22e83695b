-- A patch that has failed is told once more, with its place.
COPY (SELECT encode(CASE WHEN getvariable('sqlstitch_checked') AND getvariable('sqlstitch_problem') IS NULL THEN replace($sql$
SET VARIABLE sqlstitch_problem = (
  SELECT min_by('patch "' || b.name || '" (' || b.path || ') is not {{done}}' || coalesce(': it failed at ' || getvariable('sqlstitch_at'), ''), b.position)
    FROM temp.sqlstitch_bundle AS b WHERE b.name {{undone}});
SET VARIABLE sqlstitch_at = CASE WHEN getvariable('sqlstitch_problem') IS NOT NULL THEN error(getvariable('sqlstitch_problem')) END;
$sql$, '{ledger}', getvariable('sqlstitch_ledger')) ELSE '' END)) TO (getvariable('sqlstitch_file')) (FORMAT blob);
PRAGMA import_database(getvariable('sqlstitch_directory'));
