-- Tells scripts of the other form not to wait for this one.
SELECT pg_catalog.pg_advisory_lock({{lock_outside}}) AS sqlstitch_locked \gset
