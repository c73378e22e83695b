SET @sqlstitch_run = 'SIGNAL SQLSTATE ''45000'' SET MESSAGE_TEXT = ''the checks at the head of this script did not pass, so nothing is {{done}}''';
PREPARE sqlstitch_run FROM @sqlstitch_run;
-- What goes back at the end. It is kept already where a run before has failed in this session.
EXECUTE IMMEDIATE IF(@sqlstitch_kept, 'DO 0', 'SET {{keep}}');
SET NAMES utf8mb4;
SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', SESSION autocommit = 1, SESSION completion_type = 'NO_CHAIN', SESSION sql_safe_updates = 0;
EXECUTE IMMEDIATE IF(SUBSTRING_INDEX(VERSION(), '.', 1) * 1000 + SUBSTRING_INDEX(SUBSTRING_INDEX(VERSION(), '.', 2), '.', -1) >= 10006, 'DO 0',
  'SIGNAL SQLSTATE ''45000'' SET MESSAGE_TEXT = ''this script is for MariaDB 10.6 and later''');
EXECUTE IMMEDIATE IF(DATABASE() IS NOT NULL, 'DO 0',
  'SIGNAL SQLSTATE ''45000'' SET MESSAGE_TEXT = ''no database is selected: name it on the command line, mariadb DATABASE < this file''');
SET @sqlstitch_collation = @@collation_connection, @sqlstitch_database = DATABASE(), @sqlstitch_done = NULL, @sqlstitch_problem = NULL;
SET @sqlstitch_ledger = CONCAT('`', REPLACE(DATABASE(), '`', '``'), '`.', {{table}});
SET @sqlstitch_lock = CONCAT('sqlstitch:', LEFT(SHA2(@sqlstitch_ledger, 256), 40));
