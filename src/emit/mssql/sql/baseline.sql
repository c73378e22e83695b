-- Recorded without being run: a row has no duration.
INSERT INTO {{ledger}} (name, checksum, algorithm, ordinal, phase, kind, state, statements, next_statement, applied_at, applied_by, version, bundle, revision, format)
  SELECT b.name, b.checksum, {{algorithm}}, (SELECT COALESCE(MAX(ordinal), 0) FROM {{ledger}}) + ROW_NUMBER() OVER (ORDER BY b.position), b.phase, b.kind, 'applied',
      b.statements, b.statements, SYSDATETIMEOFFSET(), ORIGINAL_LOGIN(), {{version}}, {{bundle_id}}, {{revision}}, 1
    FROM #sqlstitch_bundle AS b WHERE NOT EXISTS (SELECT 1 FROM {{ledger}} AS l WHERE l.name = b.name);
