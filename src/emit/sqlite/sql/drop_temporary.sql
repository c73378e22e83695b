UPDATE temp.sqlstitch_turn SET written = writefile('sqlstitch.body', (
  SELECT group_concat(printf('DROP %s IF EXISTS temp."%w";', type, name), char(10)) FROM (
    SELECT type, name FROM sqlite_temp_schema
      WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlstitch@_%' ESCAPE '@' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'
      ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC)));
.read sqlstitch.run
