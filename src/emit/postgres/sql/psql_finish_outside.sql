SELECT pg_catalog.pg_advisory_unlock({{lock_outside}}) AS sqlstitch_unlocked \gset
