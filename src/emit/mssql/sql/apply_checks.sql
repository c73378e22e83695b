UNION ALL
  SELECT b.position, N'patch "' + b.name + N'" (' + b.path + N') requires patch "' + e.name + N'", which is not applied to this database'
    FROM #sqlstitch_bundle AS b JOIN #sqlstitch_name AS e ON e.position = b.position AND e.role = 'external' AND e.other = e.name
    WHERE NOT EXISTS (SELECT 1 FROM {{ledger}} AS l WHERE l.name = b.name)
      AND NOT EXISTS (SELECT 1 FROM {{ledger}} AS l JOIN #sqlstitch_name AS o ON o.other = l.name
        WHERE o.position = b.position AND o.role = 'external' AND o.name = e.name AND l.state = 'applied')
  UNION ALL
  SELECT b.position, N'statement ' + CAST(l.started_statement + 1 AS nvarchar(10)) + N' of patch "' + b.name + N'" (' + b.path + N') was interrupted, and whether it took effect is not known; if it did: UPDATE '
      + {{ledger_text}} + N' SET next_statement = started_statement + 1, started_statement = NULL WHERE name = N''' + REPLACE(b.name, N'''', N'''''') + N'''; if it did not: UPDATE '
      + {{ledger_text}} + N' SET started_statement = NULL WHERE name = N''' + REPLACE(b.name, N'''', N'''''') + N''';'
    FROM #sqlstitch_bundle AS b JOIN {{ledger}} AS l ON l.name = b.name
    WHERE l.state = 'running' AND l.started_statement IS NOT NULL
