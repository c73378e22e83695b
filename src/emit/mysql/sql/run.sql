CREATE PROCEDURE sqlstitch_run() MODIFIES SQL DATA SQL SECURITY INVOKER
patch: BEGIN
  DECLARE _state, _message, _place text CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;
  DECLARE _role char(1);
  DECLARE _same boolean;
  DECLARE _k, _last, _doubt, _ended, _safe, _tried, _back, _error int DEFAULT 0;
  -- A version comment that this server does not run leaves nothing.
  DECLARE CONTINUE HANDLER FOR 1065 PREPARE sqlstitch_step FROM 'DO 0';
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    GET DIAGNOSTICS CONDITION 1 _message = MESSAGE_TEXT, _error = MYSQL_ERRNO;
    SET @sqlstitch_next = NULL, @sqlstitch_pending = NULL, @sqlstitch_gate = @sqlstitch_closed;
    ROLLBACK;
    SET _place = SUBSTRING_INDEX(SUBSTRING(@sqlstitch_text, 4), CONCAT(' *', '/'), 1);
    IF @sqlstitch_problem IS NULL THEN
      SET @sqlstitch_problem = CONCAT(_message, IF(_role IS NULL, '', CONCAT(' (', _place, ')'))), @sqlstitch_errno = _error;
      IF _role IS NOT NULL AND CHAR_LENGTH(@sqlstitch_problem) > 128 THEN
        SET @sqlstitch_problem = _message, @sqlstitch_hint = CONCAT('It has failed at ', _place, '.');
      END IF;
      -- DDL is atomic: what has failed has left nothing, and is not in doubt. Of what may commit in its
      -- middle that is not known; nor of what was killed or timed out, which may have been just done; and
      -- an error before the statement tells nothing of it.
      IF _role <> 'c' THEN
        UPDATE {{ledger}} SET started_statement = IF(_tried AND _error NOT IN (1053, 1317, 3024, 4031) OR _safe > next_statement, NULL, started_statement), next_statement = GREATEST(next_statement, _safe)
          WHERE name = @sqlstitch_name AND state = 'running';
        COMMIT;
      END IF;
    END IF;
    {{restore}}
    SET SESSION sql_mode = @sqlstitch_mode;
  END;
  IF @sqlstitch_problem IS NOT NULL THEN
    LEAVE patch;
  END IF;
  IF @sqlstitch_back THEN
    -- A statement that the client has sent by itself has just ended.
    SET @sqlstitch_back = NULL, _back = 1;
  ELSEIF @sqlstitch_pending THEN
    SET @sqlstitch_problem = CONCAT('patch "', @sqlstitch_name, '" (', @sqlstitch_path, ') is not continued, because a part of it has failed');
    SIGNAL SQLSTATE '45000';
  ELSEIF @sqlstitch_first = 1 THEN
    SET @sqlstitch_next = NULL, @sqlstitch_ordinal = NULL, @sqlstitch_checked = NULL, @sqlstitch_started = NULL;
    IF NOT @sqlstitch_done <=> @sqlstitch_before THEN
      SET @sqlstitch_problem = CONCAT('patch "', @sqlstitch_name, '" (', @sqlstitch_path, ') is not tried, because the patch before it, "', @sqlstitch_before, '", is {{not_done}}');
      SIGNAL SQLSTATE '45000';
    END IF;
    SET _state = (SELECT state FROM {{ledger}} WHERE name = @sqlstitch_name);
    IF _state IS NOT NULL THEN
      SELECT IF(algorithm = {{algorithm}}, checksum, @sqlstitch_checksum), ordinal, COALESCE(next_statement, 1), started_statement, progress IS NOT NULL OR next_statement <=> 1 AND started_statement IS NULL
        INTO @sqlstitch_checked, @sqlstitch_ordinal, @sqlstitch_next, @sqlstitch_started, _same FROM {{ledger}} WHERE name = @sqlstitch_name;
    END IF;
{{#revert}}
    IF _state IS NULL THEN
      SET @sqlstitch_next = 0, @sqlstitch_done = @sqlstitch_name, @sqlstitch_gate = @sqlstitch_closed;
      LEAVE patch;
    ELSEIF _state = 'applied' THEN
      SET @sqlstitch_next = 1, @sqlstitch_started = NULL;
    END IF;
{{/revert}}
{{#forward}}
    IF _state = 'applied' AND (@sqlstitch_kind = 'once' OR @sqlstitch_checked = @sqlstitch_checksum) THEN
      SET @sqlstitch_next = 0, @sqlstitch_done = @sqlstitch_name, @sqlstitch_gate = @sqlstitch_closed;
      LEAVE patch;
    ELSEIF _state = 'running' AND @sqlstitch_checked <> @sqlstitch_checksum AND @sqlstitch_kind = 'once' AND NOT _same THEN
      SET @sqlstitch_next = NULL, @sqlstitch_problem = CONCAT('patch "', @sqlstitch_name, '" (', @sqlstitch_path, ') was changed after it was begun');
      SIGNAL SQLSTATE '45000';
    ELSEIF _state IS NULL OR @sqlstitch_checked <> @sqlstitch_checksum AND @sqlstitch_kind <> 'once' OR _state = 'applied' THEN
      SET @sqlstitch_next = 1, @sqlstitch_started = NULL;
    END IF;
{{/forward}}
    IF @sqlstitch_ordinal IS NULL THEN
      SELECT COALESCE(MAX(ordinal), 0) + 1 INTO @sqlstitch_ordinal FROM {{ledger}};
    END IF;
    SET @sqlstitch_begun = SYSDATE(6), @sqlstitch_locked = 0;
    SET @sqlstitch_now_sql_mode = @sqlstitch_was_sql_mode, @sqlstitch_now_client = 'utf8mb4', @sqlstitch_now_collation = @sqlstitch_collation;
    SET SESSION sql_safe_updates = @sqlstitch_was_sql_safe_updates;
    SET SESSION sql_select_limit = @sqlstitch_was_sql_select_limit;
  ELSEIF @sqlstitch_next IS NULL THEN
    SET @sqlstitch_problem = CONCAT('patch "', @sqlstitch_name, '" (', @sqlstitch_path, ') is not continued, because a part of it has failed');
    SIGNAL SQLSTATE '45000';
  ELSEIF @sqlstitch_next = 0 THEN
    SET @sqlstitch_gate = @sqlstitch_closed;
    LEAVE patch;
  END IF;
  SET @sqlstitch_gate = @sqlstitch_closed;
  SET SESSION autocommit = 0;
  SET SESSION {{settings}};
  SET _k = @sqlstitch_first, _last = @sqlstitch_first + CHAR_LENGTH(@sqlstitch_roles) - 1;
  steps: LOOP
    SET _role = IF(_k > _last, NULL, SUBSTRING(@sqlstitch_roles, _k - @sqlstitch_first + 1, 1)), _doubt = 0;
    SET _ended = _k > @sqlstitch_statements;
    IF _k <= _last THEN
      SET @sqlstitch_fetch = CONCAT('SET @sqlstitch_text = @sqlstitch_', _k - @sqlstitch_first + 1);
      PREPARE sqlstitch_do FROM @sqlstitch_fetch;
      EXECUTE sqlstitch_do;
    END IF;
    IF _k < @sqlstitch_next AND _k <= _last THEN
      -- Done by a run that was broken off. What it has set is set again.
      IF _back THEN
        SET _back = 0, @sqlstitch_pending = NULL, @sqlstitch_locked = IF(_role IN ('s', 'b'), @sqlstitch_locked, _role = 'l');
      ELSEIF _role = 'v' THEN
        SET _message = SUBSTRING_INDEX(SUBSTRING(@sqlstitch_text, 4), CONCAT(' *', '/'), 1);
        SET @sqlstitch_problem = CONCAT('patch "', @sqlstitch_name, '" (', @sqlstitch_path, ') cannot go on at its statement ', @sqlstitch_next, ', which needs what the session of the run before held'),
          @sqlstitch_hint = CONCAT('It was made at ', _message, '. Do the rest of the patch by hand, then: UPDATE ', @sqlstitch_ledger, ' SET started_statement = NULL, next_statement = ', @sqlstitch_statements + 1, ' WHERE name = ', QUOTE(@sqlstitch_name), ';');
        SET _role = NULL;
        SIGNAL SQLSTATE '45000';
      ELSEIF _role IN ('s', 'b') OR _role = 'u' AND @sqlstitch_locked OR _role = 'l' AND @sqlstitch_next <= @sqlstitch_until THEN
        IF @sqlstitch_outside THEN
          SET @sqlstitch_gate = @sqlstitch_mode, @sqlstitch_pending = 1;
          SET SESSION sql_mode = @sqlstitch_mode;
          LEAVE patch;
        END IF;
        IF _role = 'b' THEN
          COMMIT;
        END IF;
        PREPARE sqlstitch_step FROM @sqlstitch_text;
        EXECUTE sqlstitch_step;
      END IF;
    ELSE
      IF _k = @sqlstitch_next AND @sqlstitch_started = _k AND _role IN ('d', 'q', 'c') AND NOT _back THEN
        SET @sqlstitch_found = NULL;
        IF _role = 'd' THEN
          SET @sqlstitch_probe = JSON_EXTRACT(@sqlstitch_probes, CONCAT('$."', _k, '"'));
          {{look}}
        END IF;
        IF @sqlstitch_found IS NULL THEN
          SET _message = SUBSTRING_INDEX(SUBSTRING(@sqlstitch_text, 4), CONCAT(' *', '/'), 1);
          SET @sqlstitch_problem = CONCAT('statement ', _k, ' of patch "', @sqlstitch_name, '" (', _message, ') was interrupted, and whether it took effect is not known'),
            @sqlstitch_hint = CONCAT('If it did: UPDATE ', @sqlstitch_ledger, ' SET started_statement = NULL, next_statement = ', _k + 1, ' WHERE name = ', QUOTE(@sqlstitch_name),
              '; if not: UPDATE ', @sqlstitch_ledger, ' SET started_statement = NULL WHERE name = ', QUOTE(@sqlstitch_name), ';');
          SET _role = NULL;
          SIGNAL SQLSTATE '45000';
        END IF;
        SET _doubt = @sqlstitch_found;
      END IF;
      IF _k <= _last THEN
        SET @sqlstitch_started = NULL;
      END IF;
      IF _doubt THEN
        SET @sqlstitch_next = _k + 1, _safe = _k + 1;
      ELSE
        -- What commits by itself commits with it how far the patch has come.
        IF NOT _back AND (_k > _last AND NOT @sqlstitch_open AND @sqlstitch_next <= _k OR _role IN ('d', 'q', 'c', 'r', 'l', 'u', 'e', 'b')) THEN
{{#forward}}
          INSERT INTO {{ledger}} (name, checksum, algorithm, ordinal, phase, kind, state, statements, started_statement, next_statement, applied_at, applied_by, duration_ms, version, bundle, revision, progress)
            VALUES (@sqlstitch_name, @sqlstitch_checksum, {{algorithm}}, @sqlstitch_ordinal, @sqlstitch_phase, @sqlstitch_kind, IF(_ended, 'applied', 'running'), @sqlstitch_statements,
              IF(_role IN ('d', 'q', 'c'), _k, NULL), IF(_ended, NULL, _k + COALESCE(_role = 'e', 0)), CONVERT_TZ(SYSDATE(6), @@time_zone, '+00:00'), CURRENT_USER(),
              IF(_ended, TIMESTAMPDIFF(MICROSECOND, @sqlstitch_begun, SYSDATE(6)) / 1000, NULL), {{version}}, {{bundle_id}}, @sqlstitch_revision, IF(_ended, NULL, @sqlstitch_marks)) AS fresh
            ON DUPLICATE KEY UPDATE checksum = fresh.checksum, algorithm = fresh.algorithm, phase = fresh.phase, kind = fresh.kind, state = fresh.state, statements = fresh.statements,
              started_statement = fresh.started_statement, next_statement = fresh.next_statement, applied_at = fresh.applied_at, applied_by = fresh.applied_by,
              duration_ms = fresh.duration_ms, version = fresh.version, bundle = fresh.bundle, revision = fresh.revision, progress = fresh.progress;
{{/forward}}
{{#revert}}
          -- The mark keeps scripts that apply the patch from going on with it.
          IF _ended THEN
            DELETE FROM {{ledger}} WHERE name = @sqlstitch_name;
          ELSE
            UPDATE {{ledger}} SET checksum = IF(checksum LIKE 'revert:%', checksum, CONCAT('revert:', checksum)), state = 'running', statements = @sqlstitch_statements,
                started_statement = IF(_role IN ('d', 'q', 'c'), _k, NULL), next_statement = _k + COALESCE(_role = 'e', 0), progress = @sqlstitch_marks
              WHERE name = @sqlstitch_name;
          END IF;
{{/revert}}
        END IF;
        IF _k > _last THEN
          LEAVE steps;
        ELSEIF _back THEN
          SET _back = 0, @sqlstitch_pending = NULL;
        ELSEIF _role = 'e' THEN
          COMMIT;
        ELSEIF @sqlstitch_outside THEN
          SET @sqlstitch_gate = @sqlstitch_mode, @sqlstitch_pending = 1;
          SET SESSION sql_mode = @sqlstitch_mode;
          LEAVE patch;
        ELSEIF _role <> 'n' THEN
          IF _role = 'b' THEN
            COMMIT;
          END IF;
          SET _tried = 1;
          PREPARE sqlstitch_step FROM @sqlstitch_text;
          EXECUTE sqlstitch_step;
        END IF;
        SET _tried = 0;
        IF _role IN ('d', 'q', 'c', 'r', 'l', 'u', 'e', 'b') THEN
          SET _safe = _k + 1;
        END IF;
        IF _role IN ('q', 'c') THEN
          SET SESSION autocommit = 0;
          UPDATE {{ledger}} SET started_statement = NULL, next_statement = _k + 1 WHERE name = @sqlstitch_name;
          COMMIT;
        ELSEIF _role IN ('l', 'u') THEN
          SET @sqlstitch_locked = _role = 'l';
        END IF;
        SET @sqlstitch_next = _k + 1;
      END IF;
    END IF;
    IF _k > _last THEN
      LEAVE steps;
    END IF;
    SET _k = _k + 1;
  END LOOP;
  SET _role = NULL;
  IF NOT @sqlstitch_open THEN
    COMMIT;
  END IF;
  IF _ended THEN
    PREPARE sqlstitch_do FROM @sqlstitch_temporary;
    EXECUTE sqlstitch_do;
    {{restore}}
    SET @sqlstitch_done = @sqlstitch_name, @sqlstitch_next = 0;
  ELSE
    SET @sqlstitch_now_sql_mode = @@SESSION.sql_mode, @sqlstitch_now_client = @@SESSION.character_set_client, @sqlstitch_now_collation = @@SESSION.collation_connection;
  END IF;
  -- Its old mode comes back by itself, but only so is the client told whether a backslash escapes.
  SET SESSION sql_mode = @sqlstitch_mode;
END
