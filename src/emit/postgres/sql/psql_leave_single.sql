SELECT pg_catalog.texteq(pg_catalog.current_setting('sqlstitch.applied'), {{applied}}) AS sqlstitch_applied \gset
\if :sqlstitch_applied
COMMIT;
\q
\endif
