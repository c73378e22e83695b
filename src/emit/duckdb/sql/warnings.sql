COPY (SELECT encode(CASE WHEN getvariable('sqlstitch_checked') THEN replace($sql$
SET VARIABLE sqlstitch_changed = (SELECT string_agg('patch "' || b.name || '" (' || b.path || ') was changed after it was applied', chr(10) ORDER BY b.position)
  FROM temp.sqlstitch_bundle AS b JOIN {ledger} AS l ON l.name = b.name
  WHERE b.kind = 'once' AND l.state = 'applied' AND l.checksum <> b.checksum AND l.algorithm = {{algorithm}});
$sql$, '{ledger}', getvariable('sqlstitch_ledger')) ELSE '' END)) TO (getvariable('sqlstitch_file')) (FORMAT blob);
PRAGMA import_database(getvariable('sqlstitch_directory'));
COPY (SELECT encode(CASE WHEN getvariable('sqlstitch_changed') IS NOT NULL THEN 'SELECT unnest(string_split(getvariable(''sqlstitch_changed''), chr(10))) AS warning;' ELSE '' END)) TO (getvariable('sqlstitch_file')) (FORMAT blob);
PRAGMA import_database(getvariable('sqlstitch_directory'));
