BEGIN NOT ATOMIC
  -- An error holds 128 characters. The rest is told as rows.
  IF CHAR_LENGTH(@sqlstitch_problem) > 128 OR @sqlstitch_hint IS NOT NULL THEN
    SELECT @sqlstitch_problem AS sqlstitch UNION ALL SELECT @sqlstitch_hint WHERE @sqlstitch_hint IS NOT NULL;
  END IF;
  SET @sqlstitch_hint = NULL;
  SET @sqlstitch_short = IF(CHAR_LENGTH(@sqlstitch_problem) > 128, CONCAT(LEFT(@sqlstitch_problem, 125), '...'), @sqlstitch_problem);
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = @sqlstitch_short;
END
