-- Recorded without being run: a row has no duration.
INSERT INTO {ledger} (name, checksum, algorithm, ordinal, kind, state, statements, next_statement, applied_at, version, bundle, revision, format)
  SELECT b.name, b.checksum, {{algorithm}}, (SELECT coalesce(max(ordinal), 0) FROM {ledger}) + row_number() OVER (ORDER BY b.position),
      b.kind, 'applied', b.statements, b.statements, now(), {{version}}, {{bundle_id}}, {{revision}}, 1
    FROM temp.sqlstitch_bundle AS b WHERE b.name NOT IN (SELECT name FROM {ledger});
