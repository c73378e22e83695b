DO RELEASE_LOCK(@sqlstitch_lock);
SET {{finish}};
SET @sqlstitch_run = NULL, @sqlstitch_kept = NULL;
DEALLOCATE PREPARE sqlstitch_run;
