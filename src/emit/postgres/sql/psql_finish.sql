DROP FUNCTION pg_temp.sqlstitch_begin(text), pg_temp.sqlstitch_at(text, integer), pg_temp.sqlstitch_in_doubt(text, integer),
  pg_temp.sqlstitch_index(text, integer, text, text), pg_temp.sqlstitch_detach(text, integer, text, text), pg_temp.sqlstitch_ask(text, integer, text);
DROP PROCEDURE pg_temp.sqlstitch_started(text, integer), pg_temp.sqlstitch_next(text, integer), pg_temp.sqlstitch_failed(text, integer);
DROP TABLE pg_temp.sqlstitch_sink;
