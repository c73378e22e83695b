;
SET @sqlstitch_back = 1;
EXECUTE sqlstitch_run;
DO {{close}};
SET SESSION sql_mode = @sqlstitch_mode, SESSION character_set_client = 'utf8mb4', SESSION collation_connection = @sqlstitch_collation;
