/* /* */ SELECT 'this script is for SQL Server';
.print this script is for SQL Server
.exit 2
*/
IF SERVERPROPERTY('EngineEdition') IS NULL THROW 50000, N'this script is for SQL Server', 1;
-- A name for SQL Server; psql goes no further than its next error.
IF 1 = 0 SELECT 1 AS [
\set ON_ERROR_STOP on
];
GO
{{options}}
GO
-- This script's patches. What a session has made at this level stays over GO.
IF OBJECT_ID(N'tempdb..#sqlstitch') IS NOT NULL DROP TABLE #sqlstitch;
IF OBJECT_ID(N'tempdb..#sqlstitch_bundle') IS NOT NULL DROP TABLE #sqlstitch_bundle;
IF OBJECT_ID(N'tempdb..#sqlstitch_name') IS NOT NULL DROP TABLE #sqlstitch_name;
CREATE TABLE #sqlstitch (ready bit NOT NULL, stopped bit NOT NULL, started datetime2 NULL, language sysname NOT NULL);
INSERT INTO #sqlstitch VALUES (0, 0, NULL, @@LANGUAGE);
CREATE TABLE #sqlstitch_bundle (
  position int NOT NULL PRIMARY KEY,
  name nvarchar(400) COLLATE Latin1_General_100_BIN2 NOT NULL,
  path nvarchar(1000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  checksum char(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
  phase varchar(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  kind varchar(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
  statements int NOT NULL,
  irreversible bit NOT NULL,
  active bit NOT NULL DEFAULT 0 -- while its transaction is open; it goes back with it
);
-- Other names: 'formerly' of the patch itself, 'external' of one that it needs, 'dependent' of one that needs it.
CREATE TABLE #sqlstitch_name (
  position int NOT NULL,
  role varchar(10) NOT NULL,
  name nvarchar(400) COLLATE Latin1_General_100_BIN2 NOT NULL,
  other nvarchar(400) COLLATE Latin1_General_100_BIN2 NOT NULL
);
{{bundle}}GO
-- What can be known before anything is changed; then the lock, which lasts until the session ends.
DECLARE @message nvarchar(2000) = CASE
  WHEN UNICODE(N'ä') <> 228 THEN N'this script is UTF-8, and the client has sent it as another encoding: run sqlcmd with -f 65001'
  WHEN CAST(SERVERPROPERTY('EngineEdition') AS int) NOT IN (5, 6, 8, 9, 11, 12) AND CAST(SERVERPROPERTY('ProductMajorVersion') AS int) < 14
    THEN N'this script is for SQL Server 2017 and later'
  WHEN @@TRANCOUNT > 0 THEN N'this session has a transaction open: end it first'
  WHEN DATABASEPROPERTYEX(DB_NAME(), 'Updateability') <> 'READ_WRITE' THEN N'the database "' + DB_NAME() + N'" is read-only'
  WHEN OBJECT_ID({{ledger_text}}) IS NULL AND (HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'CREATE TABLE') = 0
      OR SCHEMA_ID({{schema_text}}) IS NULL AND HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'CREATE SCHEMA') = 0)
    THEN N'the user ' + QUOTENAME(USER_NAME()) + N' may not make the ledger: GRANT CREATE TABLE, CREATE SCHEMA TO ' + QUOTENAME(USER_NAME()) + N';'
  WHEN OBJECT_ID({{ledger_text}}) IS NOT NULL AND COL_LENGTH({{ledger_text}}, 'checksum') IS NULL
    THEN N'the table ' + {{ledger_text}} + N' is not a ledger of sqlstitch: it has no column "checksum"'
  WHEN OBJECT_ID({{ledger_text}}) IS NOT NULL AND COL_LENGTH({{ledger_text}}, 'format') IS NULL
    THEN N'the table ' + {{ledger_text}} + N' is not a ledger of sqlstitch: it has no column "format"'
  WHEN HAS_PERMS_BY_NAME({{ledger_text}}, 'OBJECT', 'INSERT') = 0 OR HAS_PERMS_BY_NAME({{ledger_text}}, 'OBJECT', 'UPDATE') = 0
    THEN N'the user ' + QUOTENAME(USER_NAME()) + N' may not write to the ledger: GRANT SELECT, INSERT, UPDATE, DELETE ON ' + {{ledger_text}} + N' TO ' + QUOTENAME(USER_NAME()) + N';'
  END;
IF @message IS NOT NULL THROW 50000, @message, 1;
DECLARE @got int;
EXEC @got = sys.sp_getapplock @Resource = {{lock}}, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = -1;
IF @got < 0 THROW 50000, N'the lock on the ledger was not granted', 1;
UPDATE #sqlstitch SET ready = 1;
GO
-- The ledger, and what must hold before anything runs.
IF EXISTS (SELECT 1 FROM #sqlstitch WHERE ready = 1)
BEGIN
  BEGIN TRY
    UPDATE #sqlstitch SET ready = 0;
    BEGIN TRANSACTION;
    IF SCHEMA_ID({{schema_text}}) IS NULL EXEC (N'CREATE SCHEMA ' + {{schema_quoted}});
    IF OBJECT_ID({{ledger_text}}) IS NULL EXEC (N'CREATE TABLE ' + {{ledger_text}} + N' (
      name nvarchar(400) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
      checksum varchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
      algorithm varchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
      ordinal bigint NOT NULL UNIQUE,
      phase varchar(10) NULL,
      kind varchar(10) NOT NULL CHECK (kind IN (''once'', ''repeatable'')),
      state varchar(10) NOT NULL CHECK (state IN (''applied'', ''running'')),
      statements int NOT NULL,
      started_statement int NULL,
      next_statement int NULL,
      applied_at datetimeoffset NOT NULL,
      applied_by nvarchar(128) NOT NULL,
      duration_ms float NULL,
      version nvarchar(64) NOT NULL,
      bundle varchar(128) NOT NULL,
      revision nvarchar(400) NULL,
      format int NOT NULL DEFAULT 1)');
    -- In a batch of its own, which is compiled when the ledger is there.
    EXEC (N'{{checks}}');
    {{commit}}
    UPDATE #sqlstitch SET ready = 1;
{{or_stop}}
