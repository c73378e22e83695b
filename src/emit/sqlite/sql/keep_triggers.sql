-- The triggers of views, which go with a view that is dropped and created again.
DROP TABLE IF EXISTS temp.sqlstitch_trigger;
CREATE TEMP TABLE sqlstitch_trigger (name TEXT, view TEXT, sql TEXT);
