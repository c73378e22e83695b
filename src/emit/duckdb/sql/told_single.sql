-- What has failed is told once more, with its place.
SET VARIABLE sqlstitch_problem = CASE WHEN getvariable('sqlstitch_problem') IS NULL AND getvariable('sqlstitch_at') IS NOT NULL
  THEN error('nothing of this script is {{done}}: it failed at ' || getvariable('sqlstitch_at')) END;
