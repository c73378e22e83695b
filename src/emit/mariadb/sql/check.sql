BEGIN NOT ATOMIC
  DECLARE _try, _table, _format int;
  DECLARE _text text CHARACTER SET utf8mb4;
  DECLARE _was, _is longtext CHARACTER SET utf8mb4;
  DECLARE _done, _same, _part int;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    ROLLBACK;
    RESIGNAL;
  END;
  -- What the rights do not allow, and a server that takes no writes.
  DECLARE EXIT HANDLER FOR 1044, 1142, 1143, 1227, 1290, 1792, 1836 BEGIN
    GET DIAGNOSTICS CONDITION 1 _text = MESSAGE_TEXT;
    SET @sqlstitch_hint = CONCAT('GRANT CREATE, SELECT, INSERT, UPDATE{{rights}}', IF(_text LIKE '%ALTER command%', ', ALTER', ''), ' ON ', @sqlstitch_ledger, ' TO ', CURRENT_USER(), ';');
    IF @@SESSION.tx_read_only THEN
      SET _text = 'the session is read-only (tx_read_only), and this script has something to do', @sqlstitch_hint = 'Run SET SESSION TRANSACTION READ WRITE before it.';
    ELSEIF @@read_only AND _text LIKE '%read%only%' THEN
      SET _text = 'the server is read-only (read_only), and this script has something to do', @sqlstitch_hint = NULL;
    END IF;
    SET @sqlstitch_problem = _text;
    EXECUTE IMMEDIATE @sqlstitch_stop;
  END;
  SET _try = 1;
  tries: WHILE _try <= 2 DO
    SELECT COUNT(*) INTO _table FROM information_schema.TABLES WHERE TABLE_SCHEMA = @sqlstitch_database AND TABLE_NAME = {{table_text}};
    IF _table THEN
      SET _text = NULL;
      SELECT c.name INTO _text
        FROM JSON_TABLE('["name","checksum","algorithm","ordinal","phase","kind","state","statements","started_statement","next_statement","applied_at","applied_by","duration_ms","version","bundle","revision","format"]',
          '$[*]' COLUMNS (place FOR ORDINALITY, name varchar(64) CHARACTER SET utf8mb4 PATH '$')) AS c
        WHERE c.name COLLATE utf8mb4_general_ci NOT IN (SELECT CONVERT(COLUMN_NAME USING utf8mb4) COLLATE utf8mb4_general_ci FROM information_schema.COLUMNS
          WHERE TABLE_SCHEMA = @sqlstitch_database AND TABLE_NAME = {{table_text}})
        ORDER BY c.place LIMIT 1;
      IF _text IS NOT NULL THEN
        SET @sqlstitch_problem = CONCAT('the table ', @sqlstitch_ledger, ' is not a ledger of sqlstitch: it has no column "', _text, '"');
        EXECUTE IMMEDIATE @sqlstitch_stop;
      END IF;
      SELECT MAX(format) INTO _format FROM $ledger;
      IF _format > 1 THEN
        SET @sqlstitch_problem = CONCAT('the ledger ', @sqlstitch_ledger, ' is of format ', _format, ', and this script knows format 1 only'),
          @sqlstitch_hint = 'Build the script with the sqlstitch that wrote the ledger, or a later one.';
        EXECUTE IMMEDIATE @sqlstitch_stop;
      END IF;
      -- Where nothing is to be done, nothing is asked for: no lock, no right to write.
      IF NOT EXISTS (SELECT 1 FROM {{patches}} LEFT JOIN $ledger AS l ON {{same_name}} {{is_done}}) THEN
        SET @sqlstitch_run = 'DO 0';
        LEAVE tries;
      END IF;
    END IF;
{{#revert}}
    IF NOT _table THEN
      SET @sqlstitch_run = 'DO 0';
      LEAVE tries;
    END IF;
{{/revert}}
    IF _try = 1 THEN
      IF GET_LOCK(@sqlstitch_lock, 3600) IS NOT TRUE THEN
        SET @sqlstitch_problem = CONCAT('another run has held the lock for an hour (connection ', COALESCE(IS_USED_LOCK(@sqlstitch_lock), '?'), ')');
        EXECUTE IMMEDIATE @sqlstitch_stop;
      END IF;
    ELSEIF NOT _table THEN
      CREATE TABLE $ledger (
        name varchar(255) COLLATE utf8mb4_nopad_bin NOT NULL PRIMARY KEY,
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
        progress longtext CHARACTER SET ascii COMMENT 'line:checksum of each statement'
      ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin COMMENT = 'Which patches this database has, one row each; written by scripts that sqlstitch made.';
    END IF;
    SET _try = _try + 1;
  END WHILE;
  IF @sqlstitch_run <> 'DO 0' THEN
    -- Asks for the rights and changes nothing.
    INSERT INTO $ledger SELECT * FROM $ledger WHERE FALSE;
    UPDATE $ledger SET format = format WHERE FALSE;
{{#revert}}
    DELETE FROM $ledger WHERE FALSE;
{{/revert}}
    IF @@max_allowed_packet < {{packet}} THEN
      SET @sqlstitch_problem = CONCAT('this script needs max_allowed_packet = {{packet}}, and it is ', @@max_allowed_packet);
      EXECUTE IMMEDIATE @sqlstitch_stop;
    END IF;
    -- Ledgers of former versions lack it.
    IF NOT EXISTS (SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = @sqlstitch_database AND TABLE_NAME = {{table_text}} AND COLUMN_NAME = 'progress') THEN
      ALTER TABLE $ledger ADD COLUMN IF NOT EXISTS progress longtext CHARACTER SET ascii COMMENT 'line:checksum of each statement';
    END IF;
    START TRANSACTION;
{{#formerly}}
    -- Rows whose names move on to patches with the same text; several at once, in a ring even.
    UPDATE $ledger AS l JOIN (
        WITH claim AS (
          SELECT b.name AS new, MIN(o.name) AS old
            FROM {{formers}} JOIN $ledger AS o ON o.name = b.former COLLATE utf8mb4_nopad_bin AND o.checksum = b.checksum
            WHERE NOT EXISTS (SELECT 1 FROM $ledger AS n WHERE n.name = b.name COLLATE utf8mb4_nopad_bin AND n.checksum = b.checksum)
              AND NOT EXISTS (SELECT 1 FROM {{others}} WHERE p.name COLLATE utf8mb4_nopad_bin = o.name AND p.checksum = o.checksum)
            GROUP BY b.name)
        SELECT DISTINCT c.old, c.new FROM claim AS c
          WHERE NOT EXISTS (SELECT 1 FROM $ledger AS n WHERE n.name = c.new COLLATE utf8mb4_nopad_bin)
            OR c.new COLLATE utf8mb4_nopad_bin IN (SELECT n.old FROM claim AS n)) AS f ON f.old COLLATE utf8mb4_nopad_bin = l.name
      SET l.name = CONCAT(CHAR(1 USING utf8mb4), f.new);
    UPDATE $ledger SET name = SUBSTRING(name, 2) WHERE name LIKE CONCAT(CHAR(1 USING utf8mb4), '%');
    -- A patch that has got a new name keeps its row.
    UPDATE $ledger AS l JOIN (
        SELECT b.name, MIN(o.name) AS former
          FROM {{formers}} JOIN $ledger AS o ON o.name = b.former COLLATE utf8mb4_nopad_bin
          WHERE NOT EXISTS (SELECT 1 FROM $ledger AS n WHERE n.name = b.name COLLATE utf8mb4_nopad_bin)
            AND NOT EXISTS (SELECT 1 FROM {{others}} WHERE p.name COLLATE utf8mb4_nopad_bin = o.name)
          GROUP BY b.name) AS f ON f.former COLLATE utf8mb4_nopad_bin = l.name
      SET l.name = f.name;
{{/formerly}}
{{checks}}
{{#baseline}}
    SET _text = NULL;
    SELECT CONCAT('patch "', b.name, '" (', {{path}}, ') was begun and has not ended') INTO _text
      FROM {{patches}} JOIN $ledger AS l ON {{same_name}} AND l.state = 'running' ORDER BY b.position LIMIT 1;
    IF _text IS NOT NULL THEN
      SET @sqlstitch_problem = _text;
      EXECUTE IMMEDIATE @sqlstitch_stop;
    END IF;
    SELECT COALESCE(MAX(ordinal), 0) INTO _format FROM $ledger;
    INSERT INTO $ledger (name, checksum, algorithm, ordinal, phase, kind, state, statements, applied_at, applied_by, version, bundle, revision)
      SELECT b.name, b.checksum, {{algorithm}}, _format + ROW_NUMBER() OVER (ORDER BY b.position), b.phase, b.kind, 'applied', b.statements,
          CONVERT_TZ(SYSDATE(6), @@time_zone, '+00:00'), CURRENT_USER(), {{version}}, {{bundle_id}}, {{revision}}
        FROM {{patches}} LEFT JOIN $ledger AS l ON {{same_name}}
        WHERE l.name IS NULL;
    COMMIT;
    SET @sqlstitch_run = 'DO 0';
{{/baseline}}
{{#runs}}
    COMMIT;
    SET @sqlstitch_run = @sqlstitch_patch;
{{/runs}}
  END IF;
END
