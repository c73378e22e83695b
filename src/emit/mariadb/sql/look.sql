BEGIN NOT ATOMIC
  -- Whether a statement that may have been broken off has taken effect: [kind, there or not, database, name, part].
  DECLARE _kind, _there, _database, _name, _part, _type text CHARACTER SET utf8mb4;
  DECLARE _found, _before int;
  SET _kind = JSON_VALUE(@sqlstitch_probe, '$[0]'), _there = JSON_VALUE(@sqlstitch_probe, '$[1]'), _database = COALESCE(JSON_VALUE(@sqlstitch_probe, '$[2]'), DATABASE()),
    _name = JSON_VALUE(@sqlstitch_probe, '$[3]'), _part = JSON_VALUE(@sqlstitch_probe, '$[4]'),
    _type = IF(_kind IN ('view', 'sequence'), UPPER(_kind), '%');
  -- Twice at least: KILL QUERY may end a look into the catalog without an error, and then nothing is there.
  looks: LOOP
    -- As the server tells names apart: what comes from files by case, the rest without; by accents always.
    SET _found = CASE IF(_type = '%', _kind, 'table')
      WHEN 'table' THEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND TABLE_TYPE LIKE _type AND IF(@@lower_case_table_names, LOWER(TABLE_NAME), TABLE_NAME) = IF(@@lower_case_table_names, LOWER(_name), _name) COLLATE utf8mb4_nopad_bin)
      WHEN 'column' THEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND LOWER(COLUMN_NAME) = LOWER(_part) COLLATE utf8mb4_nopad_bin)
      WHEN 'index' THEN EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND LOWER(INDEX_NAME) = LOWER(_part) COLLATE utf8mb4_nopad_bin)
      WHEN 'partition' THEN EXISTS (SELECT 1 FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND LOWER(PARTITION_NAME) = LOWER(_part) COLLATE utf8mb4_nopad_bin)
      WHEN 'trigger' THEN EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = _database AND IF(@@lower_case_table_names, LOWER(TRIGGER_NAME), TRIGGER_NAME) = IF(@@lower_case_table_names, LOWER(_name), _name) COLLATE utf8mb4_nopad_bin)
      WHEN 'event' THEN EXISTS (SELECT 1 FROM information_schema.EVENTS WHERE EVENT_SCHEMA = _database AND EVENT_NAME = _name)
      WHEN 'database' THEN EXISTS (SELECT 1 FROM information_schema.SCHEMATA WHERE IF(@@lower_case_table_names, LOWER(SCHEMA_NAME), SCHEMA_NAME) = IF(@@lower_case_table_names, LOWER(_name), _name) COLLATE utf8mb4_nopad_bin)
      WHEN 'FOREIGN KEY' THEN EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND CONSTRAINT_TYPE = _kind AND LOWER(CONSTRAINT_NAME) = LOWER(_part) COLLATE utf8mb4_nopad_bin)
      WHEN 'CHECK' THEN EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND CONSTRAINT_TYPE = _kind AND LOWER(CONSTRAINT_NAME) = LOWER(_part) COLLATE utf8mb4_nopad_bin)
      ELSE EXISTS (SELECT 1 FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = _database AND ROUTINE_NAME = _name AND ROUTINE_TYPE = _kind)
    END;
    IF _found <=> _before THEN
      LEAVE looks;
    END IF;
    SET _before = _found;
  END LOOP;
  -- The one row of a sequence is not safe before the next commit. One without it has never worked.
  IF _kind = 'sequence' AND _there = '+' AND _found THEN
    SET _name = CONCAT('`', REPLACE(_database, '`', '``'), '`.`', REPLACE(_name, '`', '``'), '`');
    -- Without a lock on what is not there: with one, DROP makes InnoDB stop the server.
    COMMIT;
    SET _part = @@SESSION.tx_isolation, SESSION tx_isolation = 'READ-UNCOMMITTED';
    BEGIN
      DECLARE CONTINUE HANDLER FOR 1032 SET _found = FALSE;
      EXECUTE IMMEDIATE CONCAT('SELECT start_value INTO @sqlstitch_probe FROM ', _name);
    END;
    COMMIT;
    SET SESSION tx_isolation = _part;
    IF NOT _found THEN
      EXECUTE IMMEDIATE CONCAT('DROP SEQUENCE ', _name);
    END IF;
  END IF;
  SET @sqlstitch_found = _found = (_there = '+');
END
