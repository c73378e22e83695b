DO RELEASE_LOCK(@sqlstitch_lock);
SET {{finish}};
SET @sqlstitch_run = NULL, @sqlstitch_kept = NULL;
