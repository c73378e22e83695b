-- Whether what has the ledger's name is a ledger.
UPDATE temp.sqlstitch_turn SET problem = (
  SELECT printf('the table %s is not a ledger of sqlstitch: ', {{table_text}}) || CASE
      WHEN t.type <> 'table' THEN 'it is a ' || t.type
      ELSE 'it has no column ' || (
        SELECT group_concat('"' || e.value || '"', ', ')
          FROM json_each('["name","checksum","algorithm","ordinal","phase","kind","state","statements","started_statement","next_statement","applied_at","applied_by","duration_ms","version","bundle","revision","format"]') AS e
          WHERE e.value NOT IN (SELECT name FROM pragma_table_info({{table_text}}, 'main'))) END
    FROM pragma_table_list AS t WHERE t.schema = 'main' AND t.name = {{table_text}} COLLATE NOCASE);
UPDATE temp.sqlstitch_turn SET problem = printf('CREATE TEMP TRIGGER sqlstitch_stop BEFORE UPDATE ON sqlstitch_turn BEGIN SELECT RAISE(ROLLBACK, %Q); END;' || char(10) || 'UPDATE temp.sqlstitch_turn SET due = 0;' || char(10), problem)
  WHERE problem IS NOT NULL;
UPDATE temp.sqlstitch_turn SET written = writefile('sqlstitch.body', problem);
.read sqlstitch.run
