BEGIN NOT ATOMIC
  -- Whether a statement that may have been broken off has taken effect: [kind, there or not, database, name, part].
  DECLARE _kind, _there, _database, _name, _part text CHARACTER SET utf8mb4;
  SET _kind = JSON_VALUE(@sqlstitch_probe, '$[0]'), _there = JSON_VALUE(@sqlstitch_probe, '$[1]'), _database = COALESCE(JSON_VALUE(@sqlstitch_probe, '$[2]'), DATABASE()),
    _name = JSON_VALUE(@sqlstitch_probe, '$[3]'), _part = JSON_VALUE(@sqlstitch_probe, '$[4]');
  SET @sqlstitch_found = CASE _kind
    WHEN 'table' THEN EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND (@@lower_case_table_names OR BINARY TABLE_NAME = BINARY _name))
    WHEN 'column' THEN EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND COLUMN_NAME = _part)
    WHEN 'index' THEN EXISTS (SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND INDEX_NAME = _part)
    WHEN 'constraint' THEN EXISTS (SELECT 1 FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND CONSTRAINT_NAME = _part)
    WHEN 'partition' THEN EXISTS (SELECT 1 FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = _database AND TABLE_NAME = _name AND PARTITION_NAME = _part)
    WHEN 'trigger' THEN EXISTS (SELECT 1 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = _database AND TRIGGER_NAME = _name)
    WHEN 'event' THEN EXISTS (SELECT 1 FROM information_schema.EVENTS WHERE EVENT_SCHEMA = _database AND EVENT_NAME = _name)
    WHEN 'database' THEN EXISTS (SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = _name)
    ELSE EXISTS (SELECT 1 FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = _database AND ROUTINE_NAME = _name AND ROUTINE_TYPE = _kind)
  END = (_there = '+');
END
