
{{told}}-- DuckDB removes no directory: it stays, with empty files.
COPY (SELECT ''::BLOB) TO (getvariable('sqlstitch_file')) (FORMAT blob);
DROP VIEW IF EXISTS temp.sqlstitch_due;
DROP TABLE IF EXISTS temp.sqlstitch_around;
DROP MACRO IF EXISTS temp.sqlstitch_quoted;
DROP MACRO IF EXISTS temp.sqlstitch_back;
DROP TABLE IF EXISTS temp.sqlstitch_step;
DROP TABLE IF EXISTS temp.sqlstitch_bundle;
DROP TABLE IF EXISTS temp.sqlstitch_script;
