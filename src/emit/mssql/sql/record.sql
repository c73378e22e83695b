IF EXISTS (SELECT 1 FROM #sqlstitch_bundle WHERE position = {{position}} AND active = 1)
BEGIN
  BEGIN TRY
    UPDATE l SET checksum = b.checksum, algorithm = {{algorithm}}, {{ordinal}}phase = b.phase, kind = b.kind, state = {{state}}, statements = b.statements,
        started_statement = NULL, next_statement = {{next}}, applied_at = SYSDATETIMEOFFSET(), applied_by = ORIGINAL_LOGIN(),
        duration_ms = {{duration}}DATEDIFF_BIG(microsecond, s.started, SYSUTCDATETIME()) / 1000.0, version = {{version}}, bundle = {{bundle_id}}, revision = {{revision}}, format = 1
      FROM {{ledger}} AS l JOIN #sqlstitch_bundle AS b ON b.name = l.name CROSS JOIN #sqlstitch AS s WHERE b.position = {{position}};
    IF @@ROWCOUNT = 0
      INSERT INTO {{ledger}} (name, checksum, algorithm, ordinal, phase, kind, state, statements, next_statement, applied_at, applied_by, duration_ms, version, bundle, revision, format)
        SELECT b.name, b.checksum, {{algorithm}}, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM {{ledger}}), b.phase, b.kind, {{state}}, b.statements, {{next}}, SYSDATETIMEOFFSET(), ORIGINAL_LOGIN(),
            DATEDIFF_BIG(microsecond, s.started, SYSUTCDATETIME()) / 1000.0, {{version}}, {{bundle_id}}, {{revision}}, 1
          FROM #sqlstitch_bundle AS b CROSS JOIN #sqlstitch AS s WHERE b.position = {{position}};
    UPDATE #sqlstitch_bundle SET active = 0 WHERE position = {{position}};
    {{commit}}
{{or_stop}}
