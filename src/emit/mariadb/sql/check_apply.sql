    SET _text = NULL;
    SELECT CONCAT('patch "', b.name, '" (', {{path}}, ') was changed after it was ', IF(l.state = 'applied', 'applied', 'begun')),
        IF(l.state = 'applied', CONCAT('Put the change into a new patch and this one back as it was; or accept it: UPDATE ', @sqlstitch_ledger, ' SET checksum = ', QUOTE(b.checksum), ' WHERE name = ', QUOTE(b.name), ';'),
          CONCAT('Its statements before statement ', COALESCE(l.next_statement, 1), ' are done, by its former text', IF(l.started_statement = l.next_statement, ', and that one may be', ''),
            '. Put them back as they were; if only later ones have changed, accept it: UPDATE ', @sqlstitch_ledger, ' SET checksum = ', QUOTE(b.checksum), ', next_statement = ', COALESCE(l.next_statement, 1), ' WHERE name = ', QUOTE(b.name),
            '; if statements were added or taken away among those that are done, give next_statement the number, in the new text, of the first one that is still to be done.'))
      INTO _text, @sqlstitch_hint
      FROM {{patches}} JOIN $ledger AS l ON {{same_name}} AND l.checksum <> b.checksum AND l.algorithm = {{algorithm}}
      WHERE b.kind = 'once' AND (l.state = 'running' OR {{on_drift}} = 'error')
      ORDER BY b.position LIMIT 1;
    IF _text IS NOT NULL THEN
      SET @sqlstitch_problem = _text;
      EXECUTE IMMEDIATE @sqlstitch_stop;
    END IF;
    SET @sqlstitch_hint = NULL;
    IF {{on_drift}} = 'warn' AND EXISTS (SELECT 1 FROM {{patches}} JOIN $ledger AS l ON {{same_name}} AND l.checksum <> b.checksum AND l.algorithm = {{algorithm}} WHERE b.kind = 'once') THEN
      SELECT CONCAT('warning: patch "', b.name, '" (', {{path}}, ') was changed after it was applied') AS sqlstitch
        FROM {{patches}} JOIN $ledger AS l ON {{same_name}} AND l.checksum <> b.checksum AND l.algorithm = {{algorithm}}
        WHERE b.kind = 'once' ORDER BY b.position;
    END IF;
    SELECT CONCAT('patch "', b.name, '" (', {{path}}, ') requires patch "', b.external, '", which is not applied to this database') INTO _text
      FROM {{externals}}
      WHERE b.external IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM $ledger AS l WHERE {{same_name}})
        AND NOT EXISTS (SELECT 1 FROM $ledger AS l WHERE l.state = 'applied' AND (l.name = b.external COLLATE utf8mb4_nopad_bin OR JSON_CONTAINS(b.external_was, JSON_QUOTE(l.name))))
      ORDER BY b.position LIMIT 1;
    IF _text IS NOT NULL THEN
      SET @sqlstitch_problem = _text;
      EXECUTE IMMEDIATE @sqlstitch_stop;
    END IF;
