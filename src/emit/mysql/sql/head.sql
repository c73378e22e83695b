-- No other server knows MEMBER OF; without it nothing below does anything.
SET @sqlstitch_here = NULL, @sqlstitch_due = NULL, @sqlstitch_ready = NULL, @sqlstitch_problem = NULL, @sqlstitch_hint = NULL, @sqlstitch_errno = 1644;
SET @sqlstitch_here = 1 MEMBER OF ('[1]');
PREPARE sqlstitch_run FROM 'DO 0';
-- What goes back at the end. It is kept already where a run before has failed in this session.
SET @sqlstitch_sql = IF(@sqlstitch_kept, 'DO 0', 'SET {{keep}}');
PREPARE sqlstitch_do FROM @sqlstitch_sql;
EXECUTE sqlstitch_do;
SET NAMES utf8mb4;
SET @sqlstitch_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', @sqlstitch_closed = 'NO_BACKSLASH_ESCAPES', @sqlstitch_gate = 'NO_BACKSLASH_ESCAPES', @sqlstitch_collation = @@collation_connection;
SET SESSION sql_mode = @sqlstitch_mode, SESSION autocommit = 1, SESSION completion_type = 'NO_CHAIN', SESSION sql_safe_updates = 0, SESSION sql_select_limit = DEFAULT;
SET @sqlstitch_ledger = CONCAT('`', REPLACE(DATABASE(), '`', '``'), '`.', {{table}});
SET @sqlstitch_lock = CONCAT('sqlstitch:', LEFT(SHA2(DATABASE(), 256), 40));
SET @sqlstitch_revision = {{revision}}, @sqlstitch_done = NULL, @sqlstitch_pending = NULL, @sqlstitch_back = NULL, @sqlstitch_next = NULL, @sqlstitch_got = NULL;
