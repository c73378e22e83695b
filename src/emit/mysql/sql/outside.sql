EXECUTE sqlstitch_run;
SET SESSION sql_mode = @sqlstitch_gate;
DO {{open}};
SET SESSION {{settings}};
