UPDATE temp.sqlstitch_turn SET written = writefile('sqlstitch.lock', (SELECT lock FROM temp.sqlstitch_session));
UPDATE temp.sqlstitch_turn SET written = writefile('sqlstitch.body', (
  SELECT '.connection 1
COMMIT;
.connection 0
.connection close 1
' FROM temp.sqlstitch_session WHERE lock <> ''));
.read sqlstitch.run
.shell rm -f -- "$(cat sqlstitch.lock)"
UPDATE temp.sqlstitch_session SET lock = NULL;
