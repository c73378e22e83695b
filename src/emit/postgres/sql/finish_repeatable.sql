-- Nothing stays down without a word.
DO $sqlstitch$
DECLARE
  _down text;
BEGIN
  IF pg_catalog.texteq(pg_catalog.current_setting('sqlstitch.applied', true), {{applied}}) OR pg_catalog.to_regclass('pg_temp.sqlstitch_kept') IS NULL THEN
    RETURN;
  END IF;
  IF pg_catalog.to_regclass({{kept_name}}) IS NOT NULL THEN
    EXECUTE $kept$SELECT pg_catalog.string_agg(k.label, ', ') FROM {{kept}} AS k$kept$ INTO _down;
    RAISE WARNING 'not put back: %', _down USING HINT = $kept$The statements are in {{kept}}.$kept$;
  END IF;
  DROP TABLE pg_temp.sqlstitch_kept, pg_temp.sqlstitch_found, pg_temp.sqlstitch_makes;
  DROP ROUTINE pg_temp.sqlstitch_find, pg_temp.sqlstitch_take_down, pg_temp.sqlstitch_keep, pg_temp.sqlstitch_grants, pg_temp.sqlstitch_remarks,
    pg_temp.sqlstitch_keep_relation, pg_temp.sqlstitch_keep_routine, pg_temp.sqlstitch_keep_part, pg_temp.sqlstitch_detail, pg_temp.sqlstitch_made_later,
    pg_temp.sqlstitch_put_back, pg_temp.sqlstitch_recall, pg_temp.sqlstitch_store, pg_temp.sqlstitch_settle, pg_temp.sqlstitch_account, pg_temp.sqlstitch_replace,
    pg_temp.sqlstitch_candidates, pg_temp.sqlstitch_is_one, pg_temp.sqlstitch_set_aside, pg_temp.sqlstitch_arguments, pg_temp.sqlstitch_with_arguments,
    pg_temp.sqlstitch_drop, pg_temp.sqlstitch_is_view, pg_temp.sqlstitch_before_drop;
END $sqlstitch$;
