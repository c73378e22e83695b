DO RELEASE_LOCK(@sqlstitch_lock);
SET {{finish}};
DEALLOCATE PREPARE sqlstitch_run;
-- For a client that has gone on after an error: it ends with exit code 0 in any case.
SET @sqlstitch_stop = IF(@sqlstitch_run = 'DO 0' OR @sqlstitch_done <=> {{last}}, 'DO 0', 'SIGNAL SQLSTATE ''45000'' SET MESSAGE_TEXT = ''not all patches of this script are {{done}}: its first error is further up''');
SET @sqlstitch_run = NULL, @sqlstitch_kept = NULL;
EXECUTE IMMEDIATE @sqlstitch_stop;
