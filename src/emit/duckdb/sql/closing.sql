
;
SET VARIABLE sqlstitch_at = 'its row in the ledger';
SET VARIABLE sqlstitch_first = (SELECT statement = 0 FROM temp.sqlstitch_step WHERE step = {step});
INSERT INTO {ledger} (name, checksum, algorithm, ordinal, phase, kind, state, statements, started_statement, next_statement, applied_at, applied_by, duration_ms, version, bundle, revision, format)
  SELECT b.name, b.checksum, {{algorithm}}, (SELECT coalesce(max(ordinal), 0) + 1 FROM {ledger}), NULL, b.kind,
      CASE WHEN s.next < b.statements THEN 'running' ELSE 'applied' END, b.statements, NULL, s.next,
      uuid_extract_timestamp(uuidv7()), current_user, date_diff('millisecond', getvariable('sqlstitch_started'), uuid_extract_timestamp(uuidv7())),
      {{version}}, {{bundle_id}}, {{revision}}, 1
    FROM temp.sqlstitch_step AS s JOIN temp.sqlstitch_bundle AS b ON b.position = s.position WHERE s.step = {step}
  ON CONFLICT (name) DO UPDATE SET
      checksum = excluded.checksum, algorithm = excluded.algorithm,
      ordinal = CASE WHEN getvariable('sqlstitch_first') THEN excluded.ordinal ELSE ordinal END,
      kind = excluded.kind, state = excluded.state, statements = excluded.statements, next_statement = excluded.next_statement,
      applied_at = excluded.applied_at, applied_by = excluded.applied_by,
      duration_ms = CASE WHEN getvariable('sqlstitch_first') THEN 0 ELSE coalesce(duration_ms, 0) END + excluded.duration_ms,
      version = excluded.version, bundle = excluded.bundle, revision = excluded.revision, format = excluded.format;
SET VARIABLE sqlstitch_at = NULL;
SET VARIABLE sqlstitch_ran = {step};
