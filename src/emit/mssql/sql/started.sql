IF EXISTS (SELECT 1 FROM #sqlstitch_bundle WHERE position = {{position}} AND active = 1)
BEGIN
  UPDATE l SET checksum = b.checksum, algorithm = {{algorithm}}, phase = b.phase, kind = b.kind, state = 'running', statements = b.statements, started_statement = {{statement}}, next_statement = {{statement}}
    FROM {{ledger}} AS l JOIN #sqlstitch_bundle AS b ON b.name = l.name WHERE b.position = {{position}};
  IF @@ROWCOUNT = 0
    INSERT INTO {{ledger}} (name, checksum, algorithm, ordinal, phase, kind, state, statements, started_statement, next_statement, applied_at, applied_by, version, bundle, revision, format)
      SELECT b.name, b.checksum, {{algorithm}}, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM {{ledger}}), b.phase, b.kind, 'running', b.statements, {{statement}}, {{statement}}, SYSDATETIMEOFFSET(), ORIGINAL_LOGIN(),
          {{version}}, {{bundle_id}}, {{revision}}, 1
        FROM #sqlstitch_bundle AS b WHERE b.position = {{position}};
END;
GO
