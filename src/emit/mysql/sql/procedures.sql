-- The script's two procedures, made for this run. What stands between the two DO is read by the server only
-- where the first SET opens the gate: under NO_BACKSLASH_ESCAPES it is a comment, else it is not.
DELIMITER {{delimiter}}
SET SESSION sql_mode = IF(@sqlstitch_due, @sqlstitch_mode, @sqlstitch_closed);
DO {{open}};
DROP PROCEDURE IF EXISTS sqlstitch_check;
DROP PROCEDURE IF EXISTS sqlstitch_run;
-- Checks everything before anything runs, and makes the ledger if there is none.
{{check}};
-- Runs a part of a patch, if it is due.
{{run}};
SET @sqlstitch_ready = 1;
CALL sqlstitch_check();
DO {{close}};
SET SESSION sql_mode = @sqlstitch_mode;
{{delimiter}}
DELIMITER ;
SET @sqlstitch_sql = IF(@sqlstitch_due AND @sqlstitch_ready AND @sqlstitch_problem IS NULL, 'CALL sqlstitch_run()', 'DO 0');
PREPARE sqlstitch_run FROM @sqlstitch_sql;
