BEGIN NOT ATOMIC
  -- Whether a statement that may have been broken off has taken effect: [kind, there or not, database, name, part].
  DECLARE _kind, _there, _database, _name, _part text CHARACTER SET utf8mb4;
  SET _kind = JSON_VALUE(@sqlstitch_probe, '$[0]'), _there = JSON_VALUE(@sqlstitch_probe, '$[1]'), _database = COALESCE(JSON_VALUE(@sqlstitch_probe, '$[2]'), DATABASE()),
    _name = JSON_VALUE(@sqlstitch_probe, '$[3]'), _part = JSON_VALUE(@sqlstitch_probe, '$[4]');
  -- As the server tells names apart: what comes from files by case, the rest without; by accents always.
  SET @sqlstitch_found = CASE _kind
    WHEN 'table' THEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND TABLE_TYPE <> 'TEMPORARY' AND IF(@@lower_case_table_names, LOWER(TABLE_NAME), TABLE_NAME) = IF(@@lower_case_table_names, LOWER(_name), _name) COLLATE utf8mb4_nopad_bin)
    WHEN 'column' THEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND LOWER(COLUMN_NAME) = LOWER(_part) COLLATE utf8mb4_nopad_bin)
    WHEN 'index' THEN EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND LOWER(INDEX_NAME) = LOWER(_part) COLLATE utf8mb4_nopad_bin)
    WHEN 'partition' THEN EXISTS (SELECT 1 FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND LOWER(PARTITION_NAME) = LOWER(_part) COLLATE utf8mb4_nopad_bin)
    WHEN 'trigger' THEN EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = _database AND IF(@@lower_case_table_names, LOWER(TRIGGER_NAME), TRIGGER_NAME) = IF(@@lower_case_table_names, LOWER(_name), _name) COLLATE utf8mb4_nopad_bin)
    WHEN 'event' THEN EXISTS (SELECT 1 FROM information_schema.EVENTS WHERE EVENT_SCHEMA = _database AND EVENT_NAME = _name)
    WHEN 'database' THEN EXISTS (SELECT 1 FROM information_schema.SCHEMATA WHERE IF(@@lower_case_table_names, LOWER(SCHEMA_NAME), SCHEMA_NAME) = IF(@@lower_case_table_names, LOWER(_name), _name) COLLATE utf8mb4_nopad_bin)
    WHEN 'FOREIGN KEY' THEN EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND CONSTRAINT_TYPE = _kind AND LOWER(CONSTRAINT_NAME) = LOWER(_part) COLLATE utf8mb4_nopad_bin)
    WHEN 'CHECK' THEN EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND CONSTRAINT_TYPE = _kind AND LOWER(CONSTRAINT_NAME) = LOWER(_part) COLLATE utf8mb4_nopad_bin)
    ELSE EXISTS (SELECT 1 FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = _database AND ROUTINE_NAME = _name AND ROUTINE_TYPE = _kind)
  END = (_there = '+');
END
