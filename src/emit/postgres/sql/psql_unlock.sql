SELECT pg_catalog.pg_advisory_unlock({{lock}}) AS sqlstitch_unlocked \gset
