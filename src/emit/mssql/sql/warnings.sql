SELECT @message = STRING_AGG(CAST(N'warning: patch "' + b.name + N'" (' + b.path + N') was changed after it was applied' AS nvarchar(max)), NCHAR(10)) WITHIN GROUP (ORDER BY b.position)
  FROM #sqlstitch_bundle AS b JOIN {{ledger}} AS l ON l.name = b.name
  WHERE b.kind = 'once' AND l.state = 'applied' AND l.checksum <> b.checksum AND l.algorithm = {{algorithm}};
IF @message IS NOT NULL PRINT @message;
