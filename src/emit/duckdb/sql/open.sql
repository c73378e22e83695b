SET VARIABLE "this script is for DuckDB" = $$;
.print this script is for DuckDB
.exit 2
$$;
-- For DuckDB a text after its type. psql sees no space there, so it goes no further than its next error.
SET VARIABLE sqlstitch_due = VARCHAR $$
\set ON_ERROR_STOP on
$$;

-- What is due is known only when the checks below have passed.
SET VARIABLE sqlstitch_checked = false;
SET VARIABLE sqlstitch_problem = NULL;
SET VARIABLE sqlstitch_at = NULL;
SET VARIABLE sqlstitch_ran = 0;
SET VARIABLE sqlstitch_part = '';
SET VARIABLE sqlstitch_schema = '"' || replace(current_database(), '"', '""') || '".' || {{schema_ident}};
SET VARIABLE sqlstitch_ledger = getvariable('sqlstitch_schema') || '.' || {{table_ident}};
-- DuckDB runs SQL that was put together only from a file. This one lies beside the database, or in the
-- current directory where the database has no file of its own.
SET VARIABLE sqlstitch_directory = (
  SELECT CASE WHEN path IS NULL OR contains(path, '://') OR starts_with(path, 'md:') THEN 'sqlstitch-' || uuid()::VARCHAR ELSE path || '.sqlstitch' END
    FROM duckdb_databases() WHERE database_name = current_database());
SET VARIABLE sqlstitch_file = getvariable('sqlstitch_directory') || '/schema.sql';
SET VARIABLE sqlstitch_ready = false;
SET VARIABLE sqlstitch_ready = (
  SELECT CASE
    WHEN (SELECT readonly FROM duckdb_databases() WHERE database_name = current_database())
      THEN error('the database "' || current_database() || '" is open for reading only: open it without -readonly')
    WHEN count(*) > 0 AND count(*) FILTER (WHERE column_name IN ({{columns}})) < {{column_count}}
      THEN error('the table ' || getvariable('sqlstitch_ledger') || ' is not a ledger of sqlstitch: it has no column "'
        || (SELECT min_by(c, i) FROM (SELECT unnest([{{columns}}]) AS c, generate_subscripts([{{columns}}], 1) AS i) WHERE c NOT IN (
          SELECT column_name FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = {{schema_text}} AND table_name = {{table_text}}))
        || '"')
    ELSE true END
    FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = {{schema_text}} AND table_name = {{table_text}});
COPY (SELECT '') TO (getvariable('sqlstitch_directory')) (FORMAT csv, HEADER false, PER_THREAD_OUTPUT true, OVERWRITE_OR_IGNORE true);
COPY (SELECT ''::BLOB) TO (getvariable('sqlstitch_directory') || '/load.sql') (FORMAT blob);

-- This script's patches, and their steps, each of which is one transaction.
CREATE OR REPLACE TEMP TABLE sqlstitch_bundle (
  position INTEGER, name VARCHAR, path VARCHAR, checksum VARCHAR, phase VARCHAR, kind VARCHAR, statements INTEGER, formerly VARCHAR[],
  external VARCHAR[][], -- each by its names, the present one first
  dependents VARCHAR[], irreversible BOOLEAN
);
CREATE OR REPLACE TEMP TABLE sqlstitch_step (step INTEGER, position INTEGER, statement INTEGER, next INTEGER);
CREATE OR REPLACE TEMP TABLE sqlstitch_script (step INTEGER, body VARCHAR, tail VARCHAR);
{{bundle}}
-- The statement that sets a setting back to what it is now.
CREATE OR REPLACE TEMP MACRO sqlstitch_back(_name) AS coalesce((
  SELECT 'SET "' || name || '" = ''' || replace(value, '''', '''''') || ''';' FROM duckdb_settings() WHERE name = _name AND value NOT IN ('', 'NULL')),
  'RESET "' || _name || '";');
CREATE OR REPLACE TEMP MACRO sqlstitch_quoted(_text) AS '''' || replace(_text, '''', '''''') || '''';
-- The steps that are due, with what stands before and after the text of each. DuckDB takes long for a join and
-- for a condition on a row that may be there, so it is all found out at once, and the statements have values.
CREATE OR REPLACE TEMP TABLE sqlstitch_around (step INTEGER, opening VARCHAR, closing VARCHAR);
CREATE OR REPLACE TEMP VIEW sqlstitch_due AS FROM temp.sqlstitch_around WHERE getvariable('sqlstitch_problem') IS NULL;
