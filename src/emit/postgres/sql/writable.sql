  IF pg_catalog.pg_is_in_recovery() THEN
    RAISE EXCEPTION 'this database is read-only: the server is a standby' USING HINT = 'Run the script on the primary server.';
  ELSIF pg_catalog.current_setting('transaction_read_only') = 'on' THEN
    RAISE EXCEPTION 'this database is read-only: default_transaction_read_only is on, or the transaction is READ ONLY'
      USING HINT = 'Where that is meant for others, run the script with the environment variable PGOPTIONS set to: -c default_transaction_read_only=off';
  END IF;
  IF _ledger IS NOT NULL THEN
    NULL;
  ELSIF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE n.nspname = {{schema_text}}) THEN
    IF NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') THEN
      RAISE EXCEPTION '% may not make the schema of the ledger, %', current_user, {{ledger_name}}
        USING HINT = pg_catalog.format('GRANT CREATE ON DATABASE %I TO %I; or make it: CREATE SCHEMA %I AUTHORIZATION %2$I;', pg_catalog.current_database(), current_user, {{schema_text}});
    END IF;
  ELSIF NOT pg_catalog.has_schema_privilege({{schema_text}}, 'CREATE') OR NOT pg_catalog.has_schema_privilege({{schema_text}}, 'USAGE') THEN
    RAISE EXCEPTION '% may not make the ledger, %', current_user, {{ledger_name}}
      USING HINT = pg_catalog.format('GRANT USAGE, CREATE ON SCHEMA %I TO %I;', {{schema_text}}, current_user);
  END IF;
