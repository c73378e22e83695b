/*! */
{{delimiter}}
SET @sqlstitch_back = IF(@@error_count = 0 AND @sqlstitch_gate = @sqlstitch_mode, 1, NULL);
SET @sqlstitch_sql = IF(@sqlstitch_back, 'CALL sqlstitch_run()', 'DO 0');
PREPARE sqlstitch_go_on FROM @sqlstitch_sql;
EXECUTE sqlstitch_go_on;
SET SESSION sql_mode = @sqlstitch_mode, SESSION character_set_client = 'utf8mb4', SESSION collation_connection = @sqlstitch_collation;
