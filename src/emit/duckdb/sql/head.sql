-- The ledger, and what must hold before anything runs.
COPY (SELECT encode(CASE WHEN getvariable('sqlstitch_ready') THEN replace(replace($sql$
CREATE SCHEMA IF NOT EXISTS {schema};
CREATE TABLE IF NOT EXISTS {ledger} (
  name VARCHAR NOT NULL PRIMARY KEY,
  checksum VARCHAR NOT NULL,
  algorithm VARCHAR NOT NULL,
  ordinal BIGINT NOT NULL,
  phase VARCHAR,
  kind VARCHAR NOT NULL CHECK (kind IN ('once', 'repeatable')),
  state VARCHAR NOT NULL CHECK (state IN ('applied', 'running')),
  statements INTEGER NOT NULL,
  started_statement INTEGER,
  next_statement INTEGER,
  applied_at TIMESTAMPTZ NOT NULL,
  applied_by VARCHAR,
  duration_ms DOUBLE,
  version VARCHAR NOT NULL,
  bundle VARCHAR NOT NULL,
  revision VARCHAR,
  format INTEGER NOT NULL DEFAULT 1
);
SET VARIABLE sqlstitch_ready = (SELECT CASE WHEN max(format) > 1
  THEN error('the ledger ' || getvariable('sqlstitch_ledger') || ' is of format ' || max(format)::VARCHAR || ', and this script knows format 1 only'
    || chr(10) || 'help: build the script with the sqlstitch that wrote the ledger, or a later one') ELSE true END FROM {ledger});
-- Rows whose checksum tells whose they are, also where the old name is another patch's now.
CREATE OR REPLACE TEMP TABLE sqlstitch_claim AS
  SELECT min(l.name) AS old, b.name AS new
    FROM (SELECT name, checksum, unnest(formerly) AS former FROM temp.sqlstitch_bundle) AS b JOIN {ledger} AS l ON l.name = b.former AND l.checksum = b.checksum
    WHERE NOT EXISTS (FROM {ledger} AS n WHERE n.name = b.name AND n.checksum = b.checksum)
      AND NOT EXISTS (FROM temp.sqlstitch_bundle AS n WHERE n.name = l.name AND n.checksum = l.checksum)
    GROUP BY b.name;
UPDATE {ledger} AS l SET name = chr(1) || c.new
  FROM temp.sqlstitch_claim AS c
  WHERE l.name = c.old AND (c.new NOT IN (SELECT name FROM {ledger}) OR c.new IN (SELECT old FROM temp.sqlstitch_claim));
UPDATE {ledger} SET name = substr(name, 2) WHERE starts_with(name, chr(1));
DROP TABLE temp.sqlstitch_claim;
-- A patch that has got a new name keeps its row.
UPDATE {ledger} AS l SET name = n.name
  FROM (SELECT min(b.name) AS name, former FROM (SELECT name, unnest(formerly) AS former FROM temp.sqlstitch_bundle) AS b GROUP BY former) AS n
  WHERE l.name = n.former AND n.name NOT IN (SELECT name FROM {ledger}) AND l.name NOT IN (SELECT name FROM temp.sqlstitch_bundle);
{{checks}}
$sql$, '{ledger}', getvariable('sqlstitch_ledger')), '{schema}', getvariable('sqlstitch_schema')) ELSE '' END)) TO (getvariable('sqlstitch_file')) (FORMAT blob);
PRAGMA import_database(getvariable('sqlstitch_directory'));
