IF EXISTS (SELECT 1 FROM #sqlstitch WHERE ready = 1 AND stopped = 0)
BEGIN
  BEGIN TRY
    IF EXISTS (SELECT 1 FROM #sqlstitch_bundle AS b LEFT JOIN {{ledger}} AS l ON l.name = b.name
      WHERE b.position = {{position}} AND ({{due}}))
    BEGIN
      DECLARE @message nvarchar(2000);
      SELECT @message = N'patch "' + b.name + N'" (' + b.path + N') is not tried, because the patch before it, "' + p.name + N'", is {{not_done}}'
        FROM #sqlstitch_bundle AS b JOIN #sqlstitch_bundle AS p ON p.position = b.position - 1
        WHERE b.position = {{position}} AND {{undone}};
      IF @message IS NOT NULL THROW 50000, @message, 1;
      {{begin}}UPDATE #sqlstitch SET started = SYSUTCDATETIME();
      UPDATE #sqlstitch_bundle SET active = 1 WHERE position = {{position}};
    END;
{{or_stop}}
