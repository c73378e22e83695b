{{#whole}}
-- Fails where the last patch did not run to its end.
BEGIN;
COMMIT;
DROP VIEW temp.sqlstitch_whole;
{{/whole}}

{{#large}}
DROP VIEW temp.sqlstitch_part;
{{/large}}
DROP VIEW temp.sqlstitch_step;
DROP TABLE temp.sqlstitch_turn;
{{#formerly}}
DROP VIEW temp.sqlstitch_claim;
{{/formerly}}
{{#revert}}
DROP TABLE temp.sqlstitch_dependent;
{{/revert}}
DROP TABLE temp.sqlstitch_external_former;
DROP TABLE temp.sqlstitch_external;
DROP TABLE temp.sqlstitch_former;
DROP TABLE temp.sqlstitch_bundle;
DROP TABLE temp.sqlstitch_ready;
DROP TABLE temp.sqlstitch_session;
.read sqlstitch.back
