BEGIN NOT ATOMIC
  DECLARE _state, _message, _place text CHARACTER SET utf8mb4;
  DECLARE _role char(1);
  DECLARE _same boolean;
  DECLARE _k, _last, _doubt, _ended, _safe, _tried, _looked, _error int DEFAULT 0;
  -- A version comment that this server does not run leaves nothing.
  DECLARE CONTINUE HANDLER FOR 1065 DO 0;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
    GET DIAGNOSTICS CONDITION 1 _message = MESSAGE_TEXT, _error = MYSQL_ERRNO;
    SET @sqlstitch_next = NULL;
    ROLLBACK;
    -- DDL is atomic: what has failed has left nothing, and is not in doubt. Of what may commit in its
    -- middle that is not known; nor of what was killed or timed out, which may have been just done; and
    -- an error before the statement tells nothing of it, nor one of a statement that was in doubt before.
    IF @sqlstitch_problem IS NULL AND _role <> 'c' THEN
      UPDATE $ledger SET started_statement = IF(_tried AND _looked <> _k AND _error NOT IN (1053, 1317, 1927, 1969) OR _safe > next_statement, NULL, started_statement), next_statement = GREATEST(next_statement, _safe)
        WHERE name = @sqlstitch_name AND state = 'running';
      COMMIT;
    END IF;
    {{restore}}
    IF @sqlstitch_problem IS NULL AND _role IS NOT NULL THEN
      SET _place = SUBSTRING_INDEX(SUBSTRING(@sqlstitch_sql, 4), ' */', 1);
      IF CHAR_LENGTH(_message) + CHAR_LENGTH(_place) <= 125 THEN
        SET _message = CONCAT(_message, ' (', _place, ')');
        RESIGNAL SET MESSAGE_TEXT = _message;
      END IF;
      SELECT CONCAT('failed at ', _place) AS sqlstitch;
    END IF;
    RESIGNAL;
  END;
  patch: BEGIN
    SET @sqlstitch_problem = NULL, @sqlstitch_hint = NULL;
    IF @sqlstitch_first = 1 THEN
      SET @sqlstitch_next = NULL, @sqlstitch_ordinal = NULL, @sqlstitch_checked = NULL, @sqlstitch_started = NULL;
      IF NOT @sqlstitch_done <=> @sqlstitch_before THEN
        SET @sqlstitch_problem = CONCAT('patch "', @sqlstitch_name, '" (', @sqlstitch_path, ') is not tried, because the patch before it, "', @sqlstitch_before, '", is {{not_done}}');
        EXECUTE IMMEDIATE @sqlstitch_stop;
      END IF;
      SELECT state, IF(algorithm = {{algorithm}}, checksum, @sqlstitch_checksum), ordinal, COALESCE(next_statement, 1), started_statement, progress IS NOT NULL OR next_statement <=> 1 AND started_statement IS NULL
        INTO _state, @sqlstitch_checked, @sqlstitch_ordinal, @sqlstitch_next, @sqlstitch_started, _same FROM $ledger WHERE name = @sqlstitch_name COLLATE utf8mb4_nopad_bin;
{{#revert}}
      IF _state IS NULL THEN
        SET @sqlstitch_next = 0, @sqlstitch_done = @sqlstitch_name;
        LEAVE patch;
      ELSEIF _state = 'applied' THEN
        SET @sqlstitch_next = 1, @sqlstitch_started = NULL;
      END IF;
{{/revert}}
{{#forward}}
      IF _state = 'applied' AND (@sqlstitch_kind = 'once' OR @sqlstitch_checked = @sqlstitch_checksum) THEN
        SET @sqlstitch_next = 0, @sqlstitch_done = @sqlstitch_name;
        LEAVE patch;
      ELSEIF _state = 'running' AND @sqlstitch_checked <> @sqlstitch_checksum AND @sqlstitch_kind = 'once' AND NOT _same THEN
        SET @sqlstitch_next = NULL, @sqlstitch_problem = CONCAT('patch "', @sqlstitch_name, '" (', @sqlstitch_path, ') was changed after it was begun');
        EXECUTE IMMEDIATE @sqlstitch_stop;
      ELSEIF @sqlstitch_checked IS NULL OR @sqlstitch_checked <> @sqlstitch_checksum AND @sqlstitch_kind <> 'once' OR _state = 'applied' THEN
        SET @sqlstitch_next = 1, @sqlstitch_started = NULL;
      END IF;
{{/forward}}
      IF @sqlstitch_ordinal IS NULL THEN
        SELECT COALESCE(MAX(ordinal), 0) + 1 INTO @sqlstitch_ordinal FROM $ledger;
      END IF;
      SET @sqlstitch_begun = SYSDATE(6), @sqlstitch_locked = 0;
      {{settings_begin}}
    ELSEIF @sqlstitch_next IS NULL THEN
      SET @sqlstitch_problem = CONCAT('patch "', @sqlstitch_name, '" (', @sqlstitch_path, ') is not continued, because a part of it has failed');
      EXECUTE IMMEDIATE @sqlstitch_stop;
    ELSEIF @sqlstitch_next = 0 THEN
      LEAVE patch;
    END IF;
    SET SESSION autocommit = 0;
    SET SESSION {{settings_part}};
    SET _k = @sqlstitch_first, _last = @sqlstitch_first + CHAR_LENGTH(@sqlstitch_roles) - 1;
    steps: LOOP
      SET _role = IF(_k > _last, NULL, SUBSTRING(@sqlstitch_roles, _k - @sqlstitch_first + 1, 1)), _doubt = 0;
      SET _ended = _k > @sqlstitch_statements;
      IF _k <= _last THEN
        EXECUTE IMMEDIATE CONCAT('SET @sqlstitch_sql = @sqlstitch_', _k - @sqlstitch_first + 1);
      END IF;
      IF _k < @sqlstitch_next AND _k <= _last THEN
        -- Done by a run that was broken off. What it has set is set again.
        IF _role = 'v' THEN
          SET _message = SUBSTRING_INDEX(SUBSTRING(@sqlstitch_sql, 4), ' */', 1);
          SET @sqlstitch_problem = CONCAT('patch "', @sqlstitch_name, '" (', @sqlstitch_path, ') cannot go on at its statement ', @sqlstitch_next, ', which needs what the session of the run before held'),
            @sqlstitch_hint = CONCAT('It was made at ', _message, '. Do the rest of the patch by hand, then: UPDATE ', @sqlstitch_ledger, ' SET started_statement = NULL, next_statement = ', @sqlstitch_statements + 1, ' WHERE name = ', QUOTE(@sqlstitch_name), ';');
          SET _role = NULL;
          EXECUTE IMMEDIATE @sqlstitch_stop;
        ELSEIF _role IN ('s', 'b') OR _role = 'u' AND @sqlstitch_locked OR _role = 'l' AND LOCATE('u', SUBSTRING(@sqlstitch_roles, _k - @sqlstitch_first + 1, @sqlstitch_next - _k)) = 0 THEN
          IF _role = 'b' THEN
            COMMIT;
          END IF;
          EXECUTE IMMEDIATE REPLACE(@sqlstitch_sql, IF(_role = 'l', '$-ledger', ''), @sqlstitch_ledger);
          SET @sqlstitch_locked = IF(_role IN ('s', 'b'), @sqlstitch_locked, _role = 'l');
        END IF;
      ELSE
        IF _k = @sqlstitch_next AND @sqlstitch_started = _k AND _role IN ('d', 'q', 'c') THEN
          SET @sqlstitch_found = NULL;
          IF _role = 'd' THEN
            SET @sqlstitch_probe = JSON_EXTRACT(@sqlstitch_probes, CONCAT('$."', _k, '"'));
            EXECUTE IMMEDIATE @sqlstitch_look;
            SET _looked = _k;
          END IF;
          IF @sqlstitch_found IS NULL THEN
            SET _message = SUBSTRING_INDEX(SUBSTRING(@sqlstitch_sql, 4), ' */', 1);
            SET @sqlstitch_problem = CONCAT('statement ', _k, ' of patch "', @sqlstitch_name, '" (', _message, ') was interrupted, and whether it took effect is not known'),
              @sqlstitch_hint = CONCAT('If it did: UPDATE ', @sqlstitch_ledger, ' SET started_statement = NULL, next_statement = ', _k + 1, ' WHERE name = ', QUOTE(@sqlstitch_name),
                '; if not: UPDATE ', @sqlstitch_ledger, ' SET started_statement = NULL WHERE name = ', QUOTE(@sqlstitch_name), ';');
            SET _role = NULL;
            EXECUTE IMMEDIATE @sqlstitch_stop;
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
          IF _k > _last AND NOT @sqlstitch_open AND @sqlstitch_next <= _k OR _role IN ('d', 'q', 'c', 'r', 'l', 'u', 'e', 'b') THEN
{{#forward}}
            INSERT INTO $ledger (name, checksum, algorithm, ordinal, phase, kind, state, statements, started_statement, next_statement, applied_at, applied_by, duration_ms, version, bundle, revision, progress)
              VALUES (@sqlstitch_name, @sqlstitch_checksum, {{algorithm}}, @sqlstitch_ordinal, @sqlstitch_phase, @sqlstitch_kind, IF(_ended, 'applied', 'running'), @sqlstitch_statements,
                IF(_role IN ('d', 'q', 'c'), _k, NULL), IF(_ended, NULL, _k + COALESCE(_role = 'e', 0)), CONVERT_TZ(SYSDATE(6), @@time_zone, '+00:00'), CURRENT_USER(),
                IF(_ended, TIMESTAMPDIFF(MICROSECOND, @sqlstitch_begun, SYSDATE(6)) / 1000, NULL), {{version}}, {{bundle_id}}, {{revision}}, IF(_ended, NULL, @sqlstitch_marks))
              ON DUPLICATE KEY UPDATE checksum = VALUES(checksum), algorithm = VALUES(algorithm), phase = VALUES(phase), kind = VALUES(kind), state = VALUES(state), statements = VALUES(statements),
                started_statement = VALUES(started_statement), next_statement = VALUES(next_statement), applied_at = VALUES(applied_at), applied_by = VALUES(applied_by),
                duration_ms = VALUES(duration_ms), version = VALUES(version), bundle = VALUES(bundle), revision = VALUES(revision), progress = VALUES(progress);
{{/forward}}
{{#revert}}
            -- The mark keeps scripts that apply the patch from going on with it.
            IF _ended THEN
              DELETE FROM $ledger WHERE name = @sqlstitch_name COLLATE utf8mb4_nopad_bin;
            ELSE
              UPDATE $ledger SET checksum = IF(checksum LIKE 'revert:%', checksum, CONCAT('revert:', checksum)), state = 'running', statements = @sqlstitch_statements,
                  started_statement = IF(_role IN ('d', 'q', 'c'), _k, NULL), next_statement = _k + COALESCE(_role = 'e', 0), progress = @sqlstitch_marks
                WHERE name = @sqlstitch_name COLLATE utf8mb4_nopad_bin;
            END IF;
{{/revert}}
          END IF;
          IF _k > _last THEN
            LEAVE steps;
          ELSEIF _role = 'e' THEN
            COMMIT;
          ELSEIF _role = 'l' THEN
            EXECUTE IMMEDIATE REPLACE(@sqlstitch_sql, '$-ledger', @sqlstitch_ledger);
          ELSEIF _role <> 'n' THEN
            IF _role = 'b' THEN
              COMMIT;
            END IF;
            SET _tried = 1;
            EXECUTE IMMEDIATE @sqlstitch_sql;
          END IF;
          SET _tried = 0;
          IF _role IN ('d', 'q', 'c', 'r', 'l', 'u', 'e', 'b') THEN
            SET _safe = _k + 1;
          END IF;
          IF _role IN ('q', 'c') THEN
            SET SESSION autocommit = 0;
            UPDATE $ledger SET started_statement = NULL, next_statement = _k + 1 WHERE name = @sqlstitch_name;
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
      EXECUTE IMMEDIATE @sqlstitch_temporary;
      {{restore}}
      SET @sqlstitch_done = @sqlstitch_name, @sqlstitch_next = 0;
    ELSE
      {{settings_pause}}
    END IF;
  END patch;
END
