-- What a look at the database tells, before anything is asked for or changed.
SET @sqlstitch_problem = IF(DATABASE() IS NULL, 'no database is selected: name it on the command line, mysql DATABASE < this file', NULL);
SET @sqlstitch_table = EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = {{table_text}});
SET @sqlstitch_text = (SELECT c.name
  FROM JSON_TABLE('["name","checksum","algorithm","ordinal","phase","kind","state","statements","started_statement","next_statement","applied_at","applied_by","duration_ms","version","bundle","revision","format"]',
    '$[*]' COLUMNS (place FOR ORDINALITY, name varchar(64) CHARACTER SET utf8mb4 PATH '$')) AS c
  WHERE c.name COLLATE utf8mb4_0900_ai_ci NOT IN (SELECT CONVERT(COLUMN_NAME USING utf8mb4) COLLATE utf8mb4_0900_ai_ci FROM information_schema.COLUMNS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = {{table_text}})
  ORDER BY c.place LIMIT 1);
SET @sqlstitch_problem = COALESCE(@sqlstitch_problem,
  IF(@sqlstitch_table AND @sqlstitch_text IS NOT NULL, CONCAT('the table ', @sqlstitch_ledger, ' is not a ledger of sqlstitch: it has no column "', @sqlstitch_text, '"'), NULL));
SET @sqlstitch_format = 1;
SET @sqlstitch_sql = IF(@sqlstitch_here AND @sqlstitch_problem IS NULL AND @sqlstitch_table, 'SELECT MAX(format) INTO @sqlstitch_format FROM {{ledger}}', 'DO 0');
PREPARE sqlstitch_do FROM @sqlstitch_sql;
EXECUTE sqlstitch_do;
SET @sqlstitch_hint = IF(@sqlstitch_format > 1, 'Build the script with the sqlstitch that wrote the ledger, or a later one.', NULL);
SET @sqlstitch_problem = COALESCE(@sqlstitch_problem,
  IF(@sqlstitch_format > 1, CONCAT('the ledger ', @sqlstitch_ledger, ' is of format ', @sqlstitch_format, ', and this script knows format 1 only'), NULL));
-- Where nothing is to be done, nothing is asked for: no lock, no right to write.
SET @sqlstitch_sql = IF(@sqlstitch_here AND @sqlstitch_problem IS NULL,
  IF(@sqlstitch_table, {{is_due}}, 'SET @sqlstitch_due = {{without_ledger}}'), 'DO 0');
PREPARE sqlstitch_do FROM @sqlstitch_sql;
EXECUTE sqlstitch_do;
-- What the rights do not allow, as far as the catalog tells it, and a server that takes no writes.
SET @sqlstitch_user = CONCAT('''', REPLACE(SUBSTRING_INDEX(CURRENT_USER(), '@', 1), '''', ''''''), '''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''');
SET @sqlstitch_problem = COALESCE(@sqlstitch_problem,
  IF(@sqlstitch_due AND (@@GLOBAL.super_read_only OR @@GLOBAL.read_only AND CURRENT_ROLE() = 'NONE'
      AND NOT EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = @sqlstitch_user AND PRIVILEGE_TYPE IN ('SUPER', 'CONNECTION_ADMIN'))),
    'the server is read-only (read_only), and this script has something to do', NULL));
SET @sqlstitch_hint = IF(@sqlstitch_due AND @sqlstitch_problem IS NULL AND @@SESSION.transaction_read_only, 'Run SET SESSION TRANSACTION READ WRITE before it.', @sqlstitch_hint);
SET @sqlstitch_problem = COALESCE(@sqlstitch_problem,
  IF(@sqlstitch_due AND @@SESSION.transaction_read_only, 'the session is read-only (transaction_read_only), and this script has something to do', NULL));
SET @sqlstitch_text = IF(@sqlstitch_due AND @sqlstitch_problem IS NULL AND CURRENT_ROLE() = 'NONE',
  (SELECT MIN(r.name) FROM JSON_TABLE('["ALTER ROUTINE","CREATE ROUTINE","EXECUTE"]', '$[*]' COLUMNS (name varchar(64) CHARACTER SET utf8mb4 PATH '$')) AS r
    WHERE NOT EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = @sqlstitch_user AND PRIVILEGE_TYPE = r.name)
      AND NOT EXISTS (SELECT 1 FROM information_schema.SCHEMA_PRIVILEGES WHERE GRANTEE = @sqlstitch_user AND PRIVILEGE_TYPE = r.name AND DATABASE() LIKE TABLE_SCHEMA)), NULL);
SET @sqlstitch_hint = IF(@sqlstitch_text IS NULL, @sqlstitch_hint, CONCAT('GRANT CREATE ROUTINE, ALTER ROUTINE, EXECUTE, CREATE, SELECT, INSERT, UPDATE{{rights}} ON `', REPLACE(DATABASE(), '`', '``'), '`.* TO ', @sqlstitch_user, ';'));
SET @sqlstitch_problem = COALESCE(@sqlstitch_problem,
  IF(@sqlstitch_text IS NULL, NULL, CONCAT('this script needs the right ', @sqlstitch_text, ' for its procedures, which it drops at its end')));
SET @sqlstitch_due = IF(@sqlstitch_problem IS NULL, @sqlstitch_due, 0);
-- One run at a time; the others wait here.
SET @sqlstitch_got = IF(@sqlstitch_due, GET_LOCK(@sqlstitch_lock, 3600), NULL);
SET @sqlstitch_problem = IF(@sqlstitch_due AND NOT @sqlstitch_got <=> 1, CONCAT('another run has held the lock for an hour (connection ', COALESCE(IS_USED_LOCK(@sqlstitch_lock), '?'), ')'), @sqlstitch_problem);
SET @sqlstitch_due = IF(@sqlstitch_problem IS NULL, @sqlstitch_due, 0);
