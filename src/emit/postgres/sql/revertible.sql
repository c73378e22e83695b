-- Stops if a patch of this script cannot be undone: nothing is said to undo it, a patch that stays
-- needs it, or it has not been applied to its end.
DO $sqlstitch$
BEGIN
  IF pg_catalog.texteq(pg_catalog.current_setting('sqlstitch.applied', true), {{applied}}) THEN
    RETURN;
  END IF;
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_revertible() RETURNS void LANGUAGE plpgsql AS $function$
  DECLARE
    _problems text[];
    _hint text;
  BEGIN
    SELECT pg_catalog.array_agg(pg_catalog.format('patch "%s" (%s) cannot be undone: nothing undoes it, says its header', b.name, b.path) ORDER BY b.ordinal),
        'Undo only what comes after it: build the script with --to.'
      INTO _problems, _hint
      FROM pg_temp.sqlstitch_bundle AS b
      WHERE b.irreversible AND EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = b.name);
    IF _problems IS NULL THEN
      SELECT pg_catalog.array_agg(pg_catalog.format('patch "%s" (%s) is needed by patch "%s", which is applied to this database', b.name, b.path, d.name) ORDER BY b.ordinal, d.name),
          'Undo that one first.'
        INTO _problems, _hint
        FROM pg_temp.sqlstitch_bundle AS b CROSS JOIN pg_catalog.unnest(b.dependents) AS d (name)
        WHERE EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = b.name)
          AND EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = d.name);
    END IF;
    IF _problems IS NULL THEN
      SELECT pg_catalog.array_agg(pg_catalog.format('patch "%s" (%s) was begun and has not ended', b.name, b.path) ORDER BY b.ordinal),
          'Run the script that applies it to its end first.'
        INTO _problems, _hint
        FROM pg_temp.sqlstitch_bundle AS b JOIN {{ledger}} AS l ON l.name = b.name
        WHERE l.state = 'running' AND l.checksum NOT LIKE 'revert:%';
    END IF;
    IF _problems IS NOT NULL THEN
      RAISE EXCEPTION '%', pg_catalog.array_to_string(_problems[1:20], E'\n') USING HINT = _hint;
    END IF;
  END $function$;
END $sqlstitch$;
