{{#forward}}
    SET _text = NULL;
    SELECT CONCAT('patch "', b.name, '" (', {{path}}, ') is partly undone'), 'Run the script that undoes it to its end first.' INTO _text, @sqlstitch_hint
      FROM {{patches}} JOIN {{ledger}} AS l ON {{same_name}} AND l.checksum LIKE 'revert:%' ORDER BY b.position LIMIT 1;
    IF _text IS NOT NULL THEN
      SET @sqlstitch_problem = _text;
      {{stop}};
    END IF;
{{/forward}}
{{#revert}}
    SET _text = NULL;
    SELECT CONCAT('patch "', b.name, '" (', {{path}}, ') cannot be undone: nothing undoes it, says its header'), 'Undo only what comes after it: build the script with --to.' INTO _text, @sqlstitch_hint
      FROM {{patches}} JOIN {{ledger}} AS l ON {{same_name}} WHERE b.irreversible ORDER BY b.position LIMIT 1;
    IF _text IS NULL THEN
      SELECT CONCAT('patch "', b.name, '" (', {{path}}, ') is needed by patch "', b.dependent, '", which is applied to this database'), 'Undo that one first.' INTO _text, @sqlstitch_hint
        FROM {{dependents}} JOIN {{ledger}} AS l ON {{same_name}} JOIN {{ledger}} AS d ON d.name = b.dependent{{bin}}
        ORDER BY b.position LIMIT 1;
    END IF;
    IF _text IS NULL THEN
      SELECT CONCAT('patch "', b.name, '" (', {{path}}, ') was begun and has not ended'), 'Run the script that applies it to its end first.' INTO _text, @sqlstitch_hint
        FROM {{patches}} JOIN {{ledger}} AS l ON {{same_name}} WHERE l.state = 'running' AND l.checksum NOT LIKE 'revert:%' ORDER BY b.position LIMIT 1;
    END IF;
    IF _text IS NOT NULL THEN
      SET @sqlstitch_problem = _text;
      {{stop}};
    END IF;
{{/revert}}
    -- What is done of a patch that was begun, or may be, must be in its text as it was.
    SET _text = NULL;
    SELECT b.name, {{path}}, REGEXP_REPLACE(l.progress, '[0-9]+:', ''), REGEXP_REPLACE(COALESCE(b.marks, ''), '[0-9]+:', ''), COALESCE(l.next_statement, 1) - 1 + (l.started_statement <=> l.next_statement), l.started_statement <=> l.next_statement
      INTO @sqlstitch_name, _text, _was, _is, _done, _part
      FROM {{patches}} JOIN {{ledger}} AS l ON {{same_name}}
      WHERE l.state = 'running' AND l.progress IS NOT NULL AND {{resumes}} AND l.algorithm = {{algorithm}}
        AND LEFT(REGEXP_REPLACE(l.progress, '[0-9]+:', ''), 9 * (COALESCE(l.next_statement, 1) - 1 + (l.started_statement <=> l.next_statement)) - 1)
          <> LEFT(REGEXP_REPLACE(COALESCE(b.marks, ''), '[0-9]+:', ''), 9 * (COALESCE(l.next_statement, 1) - 1 + (l.started_statement <=> l.next_statement)) - 1)
      ORDER BY b.position LIMIT 1;
    IF _text IS NOT NULL THEN
      SET _same = 0;
      WHILE SUBSTRING(_was, 9 * _same + 1, 8) = SUBSTRING(_is, 9 * _same + 1, 8) DO
        SET _same = _same + 1;
      END WHILE;
      SELECT IF(_same < 1 + CHAR_LENGTH(_is) DIV 9 AND _is <> '', CONCAT(_text, ':', SUBSTRING_INDEX(SUBSTRING_INDEX(SUBSTRING_INDEX(b.marks, ' ', _same + 1), ' ', -1), ':', 1)), _text), l.checksum, b.checksum
        INTO _is, _was, @sqlstitch_checksum
        FROM {{patches}} JOIN {{ledger}} AS l ON {{same_name}} WHERE b.name = @sqlstitch_name{{bin}};
      SET @sqlstitch_problem = CONCAT('patch "', @sqlstitch_name, '" (', _text, ') was changed after it was begun: its statement ', _same + 1, ' (', _is, ')'),
        @sqlstitch_hint = CONCAT('That one ', IF(_part AND _same + 1 = _done, 'may be', 'is'), ' done, by its former text. Put statements 1 to ', _done, ' back as they were: later ones may change. Or say what is done: UPDATE ', @sqlstitch_ledger,
          ' SET checksum = ', QUOTE(CONCAT(IF(_was LIKE 'revert:%', 'revert:', ''), @sqlstitch_checksum)), ', progress = NULL, started_statement = NULL, next_statement = ', _done + 1 - _part, ' WHERE name = ', QUOTE(@sqlstitch_name),
          '; where next_statement is the number, in the new text, of the first statement that is still to be done.');
      {{stop}};
    END IF;
    SET _text = NULL;
    SELECT CONCAT('patch "', b.name, '" (', {{path}}, ') was changed after it was ', IF(l.state = 'applied', 'applied', 'begun')),
        IF(l.state = 'applied', CONCAT('Put the change into a new patch and this one back as it was; or accept it: UPDATE ', @sqlstitch_ledger, ' SET checksum = ', QUOTE(b.checksum), ' WHERE name = ', QUOTE(b.name), ';'),
          CONCAT('Its statements before statement ', COALESCE(l.next_statement, 1), ' are done, by its former text', IF(l.started_statement = l.next_statement, ', and that one may be', ''),
            '. Put them back as they were; if only later ones have changed, accept it: UPDATE ', @sqlstitch_ledger, ' SET checksum = ', QUOTE(CONCAT(LEFT(l.checksum, IF(l.checksum LIKE 'revert:%', 7, 0)), b.checksum)), ', next_statement = ', COALESCE(l.next_statement, 1), ' WHERE name = ', QUOTE(b.name),
            '; if statements were added or taken away among those that are done, give next_statement the number, in the new text, of the first one that is still to be done.'))
      INTO _text, @sqlstitch_hint
      FROM {{patches}} JOIN {{ledger}} AS l ON {{same_name}} AND {{changed}} AND l.algorithm = {{algorithm}}
      WHERE b.kind = 'once' AND (l.state = 'running' AND {{unknown}} OR l.state = 'applied' AND {{on_drift}} = 'error')
      ORDER BY b.position LIMIT 1;
    IF _text IS NOT NULL THEN
      SET @sqlstitch_problem = _text;
      {{stop}};
    END IF;
    SET @sqlstitch_hint = NULL;
    IF {{on_drift}} = 'warn' AND EXISTS (SELECT 1 FROM {{patches}} JOIN {{ledger}} AS l ON {{same_name}} AND {{changed}} AND l.algorithm = {{algorithm}} WHERE b.kind = 'once' AND l.state = 'applied') THEN
      SELECT CONCAT('warning: patch "', b.name, '" (', {{path}}, ') was changed after it was applied') AS sqlstitch
        FROM {{patches}} JOIN {{ledger}} AS l ON {{same_name}} AND {{changed}} AND l.algorithm = {{algorithm}}
        WHERE b.kind = 'once' AND l.state = 'applied' ORDER BY b.position;
    END IF;
{{#forward}}
    SET _text = NULL;
    SELECT CONCAT('patch "', b.name, '" (', {{path}}, ') requires patch "', b.needed, '", which is not applied to this database') INTO _text
      FROM {{externals}}
      WHERE b.needed IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM {{ledger}} AS l WHERE {{same_name}})
        AND NOT EXISTS (SELECT 1 FROM {{ledger}} AS l WHERE l.state = 'applied' AND (l.name = b.needed{{bin}} OR JSON_CONTAINS(b.needed_was, JSON_QUOTE(l.name))))
      ORDER BY b.position LIMIT 1;
    IF _text IS NOT NULL THEN
      SET @sqlstitch_problem = _text;
      {{stop}};
    END IF;
{{/forward}}
