-- Records the patches that the ledger does not have.
DO $sqlstitch$
BEGIN
  IF pg_catalog.texteq(pg_catalog.current_setting('sqlstitch.applied', true), {{applied}}) THEN
    RETURN;
  END IF;
  CREATE OR REPLACE FUNCTION pg_temp.sqlstitch_baseline() RETURNS void LANGUAGE plpgsql AS $function$
  DECLARE
    _begun text[];
    _count bigint;
  BEGIN
    SELECT pg_catalog.array_agg(pg_catalog.format('patch "%s" (%s) was begun and has not ended', b.name, b.path) ORDER BY b.ordinal) INTO _begun
      FROM pg_temp.sqlstitch_bundle AS b JOIN {{ledger}} AS l ON l.name = b.name WHERE l.state = 'running';
    IF _begun IS NOT NULL THEN
      RAISE EXCEPTION '%', pg_catalog.array_to_string(_begun[1:20], E'\n') USING HINT = 'Run the script that applies it to its end first.';
    END IF;
    INSERT INTO {{ledger}} AS l (name, checksum, algorithm, ordinal, phase, kind, state, statements, applied_at, applied_by, version, bundle, revision)
      SELECT b.name, b.checksum, {{algorithm}}, coalesce((SELECT pg_catalog.max(o.ordinal) FROM {{ledger}} AS o), 0) + pg_catalog.row_number() OVER (ORDER BY b.ordinal),
          b.phase, b.kind, 'applied', b.statements, pg_catalog.clock_timestamp(), session_user, {{version}}, {{bundle_id}}, {{revision}}
        FROM pg_temp.sqlstitch_bundle AS b
        WHERE NOT EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = b.name);
    GET DIAGNOSTICS _count = ROW_COUNT;
    RAISE NOTICE 'recorded % patches as applied', _count;
  END $function$;
END $sqlstitch$;
