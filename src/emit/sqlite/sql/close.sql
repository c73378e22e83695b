
DROP TABLE temp.sqlstitch_turn;
DROP TABLE temp.sqlstitch_external;
DROP TABLE temp.sqlstitch_former;
DROP TABLE temp.sqlstitch_bundle;
DROP TABLE temp.sqlstitch_ready;
DROP TABLE temp.sqlstitch_session;
.read sqlstitch.back
