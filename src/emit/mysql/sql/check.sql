CREATE PROCEDURE sqlstitch_check() MODIFIES SQL DATA SQL SECURITY INVOKER
checks: BEGIN
  DECLARE _table, _format, _error, _done, _same, _part int;
  DECLARE _was, _is longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
  DECLARE _text text CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    GET DIAGNOSTICS CONDITION 1 _text = MESSAGE_TEXT, _error = MYSQL_ERRNO;
    ROLLBACK;
    IF @sqlstitch_problem IS NULL THEN
      SET @sqlstitch_problem = _text, @sqlstitch_errno = _error,
        @sqlstitch_hint = IF(_error IN (1044, 1142, 1143, 1227, 1370), CONCAT('GRANT CREATE, SELECT, INSERT, UPDATE{{rights}}', IF(_text LIKE '%ALTER command%', ', ALTER', ''), ' ON ', @sqlstitch_ledger, ' TO ', @sqlstitch_user, ';'), NULL);
    END IF;
  END;
  SELECT COUNT(*) INTO _table FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = {{table_text}};
  IF _table THEN
    SELECT MAX(format) INTO _format FROM {{ledger}};
    IF _format > 1 THEN
      SET @sqlstitch_problem = CONCAT('the ledger ', @sqlstitch_ledger, ' is of format ', _format, ', and this script knows format 1 only'),
        @sqlstitch_hint = 'Build the script with the sqlstitch that wrote the ledger, or a later one.';
      LEAVE checks;
    END IF;
    -- A run before may have done it all while this one waited.
    IF NOT EXISTS (SELECT 1 FROM {{patches}} LEFT JOIN {{ledger}} AS l ON {{same_name}} {{is_done}}) THEN
      SET @sqlstitch_due = 0;
      LEAVE checks;
    END IF;
  ELSE
{{#revert}}
    SET @sqlstitch_due = 0;
    LEAVE checks;
{{/revert}}
    CREATE TABLE {{ledger}} (
      name varchar(255) NOT NULL PRIMARY KEY,
      checksum varchar(128) NOT NULL,
      algorithm varchar(64) NOT NULL,
      ordinal bigint NOT NULL UNIQUE,
      phase varchar(64),
      kind varchar(16) NOT NULL CHECK (kind IN ('once', 'repeatable')),
      state varchar(16) NOT NULL CHECK (state IN ('applied', 'running')),
      statements int NOT NULL,
      started_statement int,
      next_statement int,
      applied_at datetime(6) NOT NULL COMMENT 'UTC',
      applied_by varchar(384) NOT NULL,
      duration_ms double,
      version varchar(64) NOT NULL,
      bundle varchar(128) NOT NULL,
      revision text,
      format int NOT NULL DEFAULT 1,
      progress longtext COMMENT 'line:checksum of each statement'
    ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin COMMENT = 'Which patches this database has, one row each; written by scripts that sqlstitch made.';
  END IF;
  -- Asks for the rights and changes nothing.
  INSERT INTO {{ledger}} SELECT * FROM {{ledger}} WHERE FALSE;
  UPDATE {{ledger}} SET format = format WHERE FALSE;
{{#revert}}
  DELETE FROM {{ledger}} WHERE FALSE;
{{/revert}}
  IF @@max_allowed_packet < {{packet}} THEN
    SET @sqlstitch_problem = CONCAT('this script needs max_allowed_packet = {{packet}}, and it is ', @@max_allowed_packet);
    LEAVE checks;
  END IF;
  -- Ledgers of former versions lack it.
  IF NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = {{table_text}} AND COLUMN_NAME = 'progress') THEN
    ALTER TABLE {{ledger}} ADD COLUMN progress longtext COMMENT 'line:checksum of each statement';
  END IF;
  START TRANSACTION;
{{#formerly}}
  -- Rows whose names move on to patches with the same text; several at once, in a ring even.
  UPDATE {{ledger}} AS l JOIN (
      WITH claim AS (
        SELECT b.name AS new_name, MIN(o.name) AS old_name
          FROM {{formers}} JOIN {{ledger}} AS o ON o.name = b.former AND o.checksum = b.checksum
          WHERE NOT EXISTS (SELECT 1 FROM {{ledger}} AS n WHERE n.name = b.name AND n.checksum = b.checksum)
            AND NOT EXISTS (SELECT 1 FROM {{others}} WHERE p.name = o.name AND p.checksum = o.checksum)
          GROUP BY b.name)
      SELECT DISTINCT c.old_name, c.new_name FROM claim AS c
        WHERE NOT EXISTS (SELECT 1 FROM {{ledger}} AS n WHERE n.name = c.new_name)
          OR c.new_name IN (SELECT n.old_name FROM claim AS n)) AS f ON f.old_name = l.name
    SET l.name = CONCAT(CHAR(1 USING utf8mb4), f.new_name);
  UPDATE {{ledger}} SET name = SUBSTRING(name, 2) WHERE name LIKE CONCAT(CHAR(1 USING utf8mb4), '%');
  -- A patch that has got a new name keeps its row.
  UPDATE {{ledger}} AS l JOIN (
      SELECT b.name, MIN(o.name) AS former
        FROM {{formers}} JOIN {{ledger}} AS o ON o.name = b.former
        WHERE NOT EXISTS (SELECT 1 FROM {{ledger}} AS n WHERE n.name = b.name)
          AND NOT EXISTS (SELECT 1 FROM {{others}} WHERE p.name = o.name)
        GROUP BY b.name) AS f ON f.former = l.name
    SET l.name = f.name;
{{/formerly}}
{{checks}}
{{#baseline}}
    SET _text = NULL;
    SELECT CONCAT('patch "', b.name, '" (', {{path}}, ') was begun and has not ended') INTO _text
      FROM {{patches}} JOIN {{ledger}} AS l ON {{same_name}} AND l.state = 'running' ORDER BY b.position LIMIT 1;
    IF _text IS NOT NULL THEN
      SET @sqlstitch_problem = _text;
      {{stop}};
    END IF;
  SELECT COALESCE(MAX(ordinal), 0) INTO _format FROM {{ledger}};
  INSERT INTO {{ledger}} (name, checksum, algorithm, ordinal, phase, kind, state, statements, applied_at, applied_by, version, bundle, revision)
    SELECT b.name, b.checksum, {{algorithm}}, _format + ROW_NUMBER() OVER (ORDER BY b.position), b.phase, b.kind, 'applied', b.statements,
        CONVERT_TZ(SYSDATE(6), @@time_zone, '+00:00'), CURRENT_USER(), {{version}}, {{bundle_id}}, @sqlstitch_revision
      FROM {{patches}} LEFT JOIN {{ledger}} AS l ON {{same_name}}
      WHERE l.name IS NULL;
  SET @sqlstitch_due = 0;
{{/baseline}}
  COMMIT;
END
