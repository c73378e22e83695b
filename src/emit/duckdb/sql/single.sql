COPY (SELECT encode(coalesce(string_agg(temp.sqlstitch_text(step, body, tail), '' ORDER BY step), '')) FROM temp.sqlstitch_script)
  TO (getvariable('sqlstitch_file')) (FORMAT blob);
PRAGMA import_database(getvariable('sqlstitch_directory'));
COMMIT;
