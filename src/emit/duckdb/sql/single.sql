COPY (SELECT encode(coalesce(string_agg(d.opening || s.body || s.tail || d.closing, '' ORDER BY d.step) || {{all_done}}, '')) FROM temp.sqlstitch_due AS d JOIN temp.sqlstitch_script AS s ON s.step = d.step)
  TO (getvariable('sqlstitch_file')) (FORMAT blob);
PRAGMA import_database(getvariable('sqlstitch_directory'));
COMMIT;
