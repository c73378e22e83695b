-- The end. A client that has gone on after an error is cut off here at the latest.
DO $sqlstitch$
DECLARE
  _path text := pg_catalog.current_setting('search_path');
BEGIN
  IF pg_catalog.texteq(pg_catalog.current_setting('sqlstitch.applied', true), {{applied}}) THEN
    PERFORM pg_catalog.set_config('sqlstitch.applied', '', false);
    RETURN;
  END IF;
  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false);
  -- Any of the blocks above may have failed.
  IF pg_catalog.to_regclass('pg_temp.sqlstitch_bundle') IS NULL
    OR pg_catalog.to_regclass({{ledger_name}}) IS NULL
    OR pg_catalog.to_regprocedure('pg_temp.sqlstitch_stop(text)') IS NULL
  THEN
    RAISE WARNING 'the checks at the head of this script did not pass, so nothing is {{done}}';
    PERFORM pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid());
  ELSIF EXISTS (
    SELECT FROM pg_temp.sqlstitch_bundle AS b
      {{#revert}}
      WHERE EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = b.name))
      {{/revert}}
      {{#baseline}}
      WHERE NOT EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = b.name AND l.state = 'applied'))
      {{/baseline}}
      {{#apply}}
      WHERE NOT EXISTS (SELECT FROM {{ledger}} AS l WHERE l.name = b.name AND l.state = 'applied' AND (b.kind = 'once' OR l.checksum = b.checksum)))
      {{/apply}}
  THEN
    PERFORM pg_temp.sqlstitch_stop('not every patch of this script is {{done}}');
  END IF;
  DROP TABLE pg_temp.sqlstitch_bundle;
  DROP FUNCTION pg_temp.sqlstitch_stop(text), pg_temp.sqlstitch_lock(), pg_temp.sqlstitch_drift(text), pg_temp.sqlstitch_check(),
    pg_temp.sqlstitch_due(text), pg_temp.sqlstitch_decide(text, text), pg_temp.sqlstitch_done(text, jsonb), pg_temp.sqlstitch_defer(), pg_temp.sqlstitch_forget();
  DROP PROCEDURE pg_temp.sqlstitch_settled(text);
  {{#more}}
  DROP FUNCTION {{more}};
  {{/more}}
  PERFORM pg_catalog.set_config('search_path', _path, false);
END $sqlstitch$;
