UPDATE temp.sqlstitch_turn SET written = writefile('sqlstitch.body', (
  SELECT group_concat(t.sql || char(10) || ';', char(10)) FROM temp.sqlstitch_trigger AS t
    WHERE EXISTS (SELECT 1 FROM main.sqlite_schema AS v WHERE v.type = 'view' AND v.name = t.view COLLATE NOCASE)
      AND NOT EXISTS (SELECT 1 FROM main.sqlite_schema AS n WHERE n.type = 'trigger' AND n.name = t.name COLLATE NOCASE)));
.read sqlstitch.run
DROP TABLE temp.sqlstitch_trigger;
