UNION ALL
  SELECT b.position, N'patch "' + b.name + N'" (' + b.path + N') was begun and has not ended: run the script that applies it to its end first'
    FROM #sqlstitch_bundle AS b JOIN {{ledger}} AS l ON l.name = b.name WHERE l.state = 'running'
  UNION ALL
  SELECT b.position, N'patch "' + b.name + N'" (' + b.path + N') cannot be undone: nothing undoes it, says its header'
    FROM #sqlstitch_bundle AS b JOIN {{ledger}} AS l ON l.name = b.name WHERE b.irreversible = 1
  UNION ALL
  SELECT b.position, N'patch "' + b.name + N'" (' + b.path + N') is needed by patch "' + d.name + N'", which is applied to this database'
    FROM #sqlstitch_bundle AS b JOIN #sqlstitch_name AS d ON d.position = b.position AND d.role = 'dependent'
    WHERE EXISTS (SELECT 1 FROM {{ledger}} AS l WHERE l.name = b.name) AND EXISTS (SELECT 1 FROM {{ledger}} AS l WHERE l.name = d.name)
