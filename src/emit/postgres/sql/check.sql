DO $sqlstitch$ BEGIN PERFORM pg_temp.sqlstitch_check({{patches}}, {{letter}}); END $sqlstitch$;
