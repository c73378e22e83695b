-- What is not committed is of a part that failed.
ROLLBACK;
UNLOCK TABLES;
DELIMITER {{delimiter}}
SET SESSION sql_mode = IF(@sqlstitch_ready, @sqlstitch_mode, @sqlstitch_closed);
DO '\' /* ';
DROP PROCEDURE IF EXISTS sqlstitch_check;
DROP PROCEDURE IF EXISTS sqlstitch_run;
DO 0 /*! */;
SET SESSION sql_mode = @sqlstitch_mode;
DO IF(@sqlstitch_got, RELEASE_LOCK(@sqlstitch_lock), 0);
DEALLOCATE PREPARE sqlstitch_run;
PREPARE sqlstitch_do FROM 'DO 0';
DEALLOCATE PREPARE sqlstitch_do;
-- An error holds 128 characters. The rest is told as rows.
SET @sqlstitch_text = IF(CHAR_LENGTH(@sqlstitch_problem) > 128, CONCAT(LEFT(@sqlstitch_problem, 125), '...'), @sqlstitch_problem), @sqlstitch_kept = NULL;
SET {{finish}}, SESSION sql_mode = IF(@sqlstitch_problem IS NULL, @sqlstitch_closed, @sqlstitch_mode);
DO '\' /* ';
SELECT @sqlstitch_problem AS sqlstitch FROM DUAL WHERE @sqlstitch_text <> @sqlstitch_problem OR @sqlstitch_hint IS NOT NULL
  UNION ALL SELECT @sqlstitch_hint FROM DUAL WHERE @sqlstitch_hint IS NOT NULL;
SET SESSION sql_mode = @sqlstitch_was_sql_mode;
SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = @sqlstitch_text, MYSQL_ERRNO = @sqlstitch_errno;
DO 0 /*! */;
SET SESSION sql_mode = @sqlstitch_was_sql_mode;
{{delimiter}}
DELIMITER ;
