-- A packet of this script is longer than some servers take. The gate is open where it is too long for this one.
DELIMITER {{delimiter}}
SET @sqlstitch_text = CONCAT('this script needs max_allowed_packet = {{packet}}, and it is ', @@max_allowed_packet);
SET SESSION sql_mode = IF(@@max_allowed_packet < {{packet}}, @sqlstitch_mode, @sqlstitch_closed);
DO '\' /* ';
SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = @sqlstitch_text;
DO 0 /*! */;
SET SESSION sql_mode = @sqlstitch_mode;
{{delimiter}}
DELIMITER ;
