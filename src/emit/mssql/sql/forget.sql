IF EXISTS (SELECT 1 FROM #sqlstitch_bundle WHERE position = {{position}} AND active = 1)
BEGIN
  BEGIN TRY
    DELETE FROM {{ledger}} WHERE name = (SELECT name FROM #sqlstitch_bundle WHERE position = {{position}});
    UPDATE #sqlstitch_bundle SET active = 0 WHERE position = {{position}};
    {{commit}}
{{or_stop}}
