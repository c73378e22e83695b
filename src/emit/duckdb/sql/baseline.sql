SET VARIABLE sqlstitch_ready = (SELECT CASE WHEN count(*) > 0 THEN error(string_agg('patch "' || b.name || '" (' || b.path || ') was begun and has not ended', chr(10) ORDER BY b.position)) END
  FROM temp.sqlstitch_bundle AS b JOIN {ledger} AS l ON l.name = b.name WHERE l.state = 'running');
-- Recorded without being run: a row has no duration.
INSERT INTO {ledger} (name, checksum, algorithm, ordinal, phase, kind, state, statements, next_statement, applied_at, applied_by, version, bundle, revision, format)
  SELECT b.name, b.checksum, {{algorithm}}, (SELECT coalesce(max(ordinal), 0) FROM {ledger}) + row_number() OVER (ORDER BY b.position),
      b.phase, b.kind, 'applied', b.statements, b.statements, now(), current_user, {{version}}, {{bundle_id}}, {{revision}}, 1
    FROM temp.sqlstitch_bundle AS b WHERE b.name NOT IN (SELECT name FROM {ledger});
