DECLARE @message nvarchar(max);
IF EXISTS (SELECT 1 FROM {{ledger}} WHERE format > 1)
BEGIN
  SELECT @message = N'the ledger ' + {{ledger_text}} + N' is of format ' + CAST(MAX(format) AS nvarchar(10)) + N', and this script knows format 1 only: build the script with the sqlstitch that wrote the ledger, or a later one' FROM {{ledger}};
  THROW 50000, @message, 1;
END;
-- Rows whose checksum tells whose they are, also where the old name is another patch's now.
SELECT MIN(l.name) AS old, b.name AS new INTO #sqlstitch_claim
  FROM #sqlstitch_name AS f JOIN #sqlstitch_bundle AS b ON b.position = f.position
    JOIN {{ledger}} AS l ON l.name = f.name AND l.checksum = b.checksum
  WHERE f.role = 'formerly'
    AND NOT EXISTS (SELECT 1 FROM {{ledger}} AS n WHERE n.name = b.name AND n.checksum = b.checksum)
    AND NOT EXISTS (SELECT 1 FROM #sqlstitch_bundle AS n WHERE n.name = l.name AND n.checksum = l.checksum)
  GROUP BY b.name;
UPDATE l SET name = c.new
  FROM {{ledger}} AS l JOIN #sqlstitch_claim AS c ON c.old = l.name
  WHERE NOT EXISTS (SELECT 1 FROM {{ledger}} AS n WHERE n.name = c.new) OR EXISTS (SELECT 1 FROM #sqlstitch_claim AS n WHERE n.old = c.new);
-- A patch that has got a new name keeps its row.
UPDATE l SET name = b.name
  FROM {{ledger}} AS l
    JOIN #sqlstitch_name AS f ON f.role = 'formerly' AND f.name = l.name
    JOIN #sqlstitch_bundle AS b ON b.position = f.position
  WHERE NOT EXISTS (SELECT 1 FROM {{ledger}} AS n WHERE n.name = b.name)
    AND NOT EXISTS (SELECT 1 FROM #sqlstitch_bundle AS n WHERE n.name = l.name);
SELECT @message = STRING_AGG(m.message, NCHAR(10)) WITHIN GROUP (ORDER BY m.position) FROM (
  SELECT b.position, CAST(N'patch "' + b.name + N'" (' + b.path + N') was changed after it was ' + CASE l.state WHEN 'applied' THEN N'applied' ELSE N'begun' END
      + N'; put the change into a new patch and this one back as it was, or accept it: UPDATE ' + {{ledger_text}} + N' SET checksum = ''' + b.checksum + N''' WHERE name = N''' + REPLACE(b.name, N'''', N'''''') + N''';' AS nvarchar(max)) AS message
    FROM #sqlstitch_bundle AS b JOIN {{ledger}} AS l ON l.name = b.name
    WHERE l.checksum <> b.checksum AND l.algorithm = {{algorithm}} AND (l.state = 'running' OR b.kind = 'once' AND {{on_drift}} = 'error')
  {{more}}) AS m;
IF @message IS NOT NULL
BEGIN
  SET @message = LEFT(@message, 2000);
  THROW 50000, @message, 1;
END;
{{then}}
