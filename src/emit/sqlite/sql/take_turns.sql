-- A switch to WAL fails where another connection writes, and does not wait for it. So the runs that
-- could meet before it take turns, by a lock on a file beside the database.
UPDATE temp.sqlstitch_session SET lock = (
  SELECT file || '-sqlstitch' FROM pragma_database_list, pragma_journal_mode
    WHERE name = 'main' AND file <> '' AND journal_mode <> 'wal');
UPDATE temp.sqlstitch_turn SET written = writefile('sqlstitch.body', (
  SELECT replace('.connection 1
.open "{}"
.timeout 60000
BEGIN EXCLUSIVE;
.connection 0
', '{}', replace(replace(lock, '\', '\\'), '"', '\"')) FROM temp.sqlstitch_session));
.read sqlstitch.run

