{{stranger}}.timeout 60000
DROP TABLE IF EXISTS temp.sqlstitch_session;
CREATE TEMP TABLE sqlstitch_session (applied_by TEXT, here TEXT NOT NULL DEFAULT '', foreign_keys INTEGER, lock TEXT);
-- A directory of this run alone takes the text of the patch at hand. It goes when this process has
-- ended, however it ends: also before the first echo, which nobody reads then, and where nothing waits for
-- it and a zombie is left. The .cd leads there; sqlstitch.run leads back for the time of a patch.
.read '|umask 077; echo || exit; q() { printf %s "$1" | sed "s/[\\\\\"]/\\\\&/g"; }; o=$(q "$PWD"); {{directory}}d=${d:-$(mktemp -d "${TMPDIR:-/tmp}/sqlstitch.XXXXXX")}; [ -d "$d" ] || exit; cd "$d" && d=$(q "$PWD") && printf ".cd \"%s\"\n" "$o" >sqlstitch.back && printf ".cd \"%s\"\n.read \"%s/sqlstitch.body\"\n.cd \"%s\"\n" "$o" "$d" "$d" >sqlstitch.run && { (while kill -0 $PPID && case $(cat /proc/$PPID/stat || ps -o stat= -p $PPID) in Z*|*") Z "*) false; esac; do sleep 1; done; rm -rf "$PWD") </dev/null >/dev/null 2>&1 & } && printf ".cd \"%s\"\nINSERT INTO temp.sqlstitch_session (applied_by, here) VALUES (\047%s\047, \047.cd \"%s\"\047);\n" "$d" "$(id -un | tr -cd "[:alnum:]._@-")" "$(printf %s "$d" | sed "s/$(printf "\047")/&&/g")"'
DROP TABLE IF EXISTS temp.sqlstitch_ready;
CREATE TEMP TABLE sqlstitch_ready (
  directory INTEGER CONSTRAINT "there is no private directory: mktemp -d failed in TMPDIR, else /tmp" CHECK (directory = 1),
  encoding TEXT CONSTRAINT "this script is for databases with UTF-8 texts" CHECK (encoding = 'UTF-8')
);
INSERT INTO temp.sqlstitch_ready SELECT (SELECT count(*) FROM temp.sqlstitch_session), encoding FROM pragma_encoding;
UPDATE temp.sqlstitch_session SET foreign_keys = (SELECT foreign_keys FROM pragma_foreign_keys);

-- This script's patches.
DROP TABLE IF EXISTS temp.sqlstitch_bundle;
CREATE TEMP TABLE sqlstitch_bundle (
  position INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  checksum TEXT NOT NULL,
  phase TEXT NOT NULL,
  kind TEXT NOT NULL,
  statements INTEGER NOT NULL,
  previous TEXT NOT NULL DEFAULT '', -- the patch before it
  opening TEXT, -- what is written before its text and after it, and instead of it where something may forbid it
  closing TEXT,
  asking TEXT
);
DROP TABLE IF EXISTS temp.sqlstitch_former;
CREATE TEMP TABLE sqlstitch_former (position INTEGER NOT NULL, name TEXT NOT NULL);
DROP TABLE IF EXISTS temp.sqlstitch_external;
CREATE TEMP TABLE sqlstitch_external (position INTEGER NOT NULL, name TEXT NOT NULL);
DROP TABLE IF EXISTS temp.sqlstitch_external_former;
CREATE TEMP TABLE sqlstitch_external_former (position INTEGER NOT NULL, name TEXT NOT NULL, former TEXT NOT NULL);
{{#revert}}
-- Patches that stay and need one of this script; without a name: nothing undoes the patch itself.
DROP TABLE IF EXISTS temp.sqlstitch_dependent;
CREATE TEMP TABLE sqlstitch_dependent (position INTEGER NOT NULL, name TEXT);
{{/revert}}
{{bundle}}
{{#formerly}}
-- Rows whose checksum tells whose they are, also where the old name is another patch's now.
DROP VIEW IF EXISTS temp.sqlstitch_claim;
CREATE TEMP VIEW sqlstitch_claim AS
  SELECT min(l.name) AS old, b.name AS new
    FROM sqlstitch_former AS f JOIN sqlstitch_bundle AS b ON b.position = f.position
      JOIN {{ledger}} AS l ON l.name = f.name AND l.checksum = b.checksum
    WHERE NOT EXISTS (SELECT 1 FROM {{ledger}} AS n WHERE n.name = b.name AND n.checksum = b.checksum)
      AND NOT EXISTS (SELECT 1 FROM sqlstitch_bundle AS n WHERE n.name = l.name AND n.checksum = l.checksum)
    GROUP BY b.name;

{{/formerly}}
-- The step whose turn it is.
DROP TABLE IF EXISTS temp.sqlstitch_turn;
CREATE TEMP TABLE sqlstitch_turn (
  position INTEGER, -- of its patch in the bundle; 0 for the checks before all patches
  statement INTEGER, -- of the patch, from 0: where this step starts
  next INTEGER, -- where the next step starts
  started REAL,
  due INTEGER, -- how much was written: nothing if it is not due
  noted INTEGER,
  done INTEGER, -- set by the last statement that was written
  ended INTEGER,
  asked INTEGER,
  problem TEXT, -- SQL that stops the run
  {{#formerly}}
  renamed INTEGER,
  {{/formerly}}
  {{#baseline}}
  baselined INTEGER,
  {{/baseline}}
  violations INTEGER, -- of foreign keys, before the step
  written INTEGER
);
INSERT INTO temp.sqlstitch_turn (position, due) SELECT 0, 0 FROM temp.sqlstitch_ready;

CREATE TEMP TRIGGER sqlstitch_written AFTER UPDATE OF written ON sqlstitch_turn WHEN NEW.written IS NULL BEGIN
  SELECT RAISE(ROLLBACK, 'the private directory cannot be written to');
END;

{{#formerly}}
-- For the patch with this position; 0 is all of them.
CREATE TEMP TRIGGER sqlstitch_renamed AFTER UPDATE OF renamed ON sqlstitch_turn BEGIN
  UPDATE {{table}} SET name = char(1) || (SELECT c.new FROM sqlstitch_claim AS c WHERE c.old = {{table}}.name)
    WHERE NEW.renamed = 0 AND name IN (
      SELECT c.old FROM sqlstitch_claim AS c
        WHERE NOT EXISTS (SELECT 1 FROM {{ledger}} AS n WHERE n.name = c.new) OR c.new IN (SELECT n.old FROM sqlstitch_claim AS n));
  UPDATE {{table}} SET name = substr(name, 2) WHERE NEW.renamed = 0 AND name LIKE char(1) || '%';
  -- A patch that has got a new name keeps its row.
  UPDATE {{table}} SET name = (
      SELECT b.name FROM sqlstitch_bundle AS b JOIN sqlstitch_former AS f ON f.position = b.position
        WHERE f.name = {{table}}.name LIMIT 1)
    WHERE name IN (
      SELECT min(l.name) FROM sqlstitch_former AS f
        JOIN sqlstitch_bundle AS b ON b.position = f.position
        JOIN {{ledger}} AS l ON l.name = f.name
        WHERE (f.position = NEW.renamed OR NEW.renamed = 0)
          AND NOT EXISTS (SELECT 1 FROM {{ledger}} AS n WHERE n.name = b.name)
          AND NOT EXISTS (SELECT 1 FROM sqlstitch_bundle AS n WHERE n.name = l.name)
        GROUP BY f.position);
END;

{{/formerly}}
-- Whether something forbids the patch with this position; 0 is all of them.
CREATE TEMP TRIGGER sqlstitch_asked AFTER UPDATE OF asked ON sqlstitch_turn BEGIN
  UPDATE sqlstitch_turn SET problem = coalesce((
    SELECT printf('the ledger %s is of format %d, and this script knows format 1 only', {{table_text}}, max(l.format)) || char(10)
        || 'Build the script with the sqlstitch that wrote the ledger, or a later one.'
      FROM {{ledger}} AS l WHERE NEW.asked = 0 HAVING max(l.format) > 1), (
    SELECT group_concat(message, char(10)) FROM (
      SELECT b.position, printf('patch "%s" (%s) was changed after it was %s', b.name, b.path,
          CASE l.state WHEN 'applied' THEN 'applied' ELSE 'begun' END) AS message
        FROM sqlstitch_bundle AS b CROSS JOIN {{ledger}} AS l ON l.name = b.name
        WHERE b.position BETWEEN NEW.asked AND iif(NEW.asked = 0, 999999999, NEW.asked) AND l.checksum <> b.checksum AND l.checksum <> 'revert:' || b.checksum AND l.algorithm = {{algorithm}}
          AND b.kind = 'once' AND (l.state = 'running' OR {{on_drift}} = 'error')
      UNION ALL
      {{#external}}
      SELECT b.position, printf('patch "%s" (%s) requires patch "%s", which is not applied to this database', b.name, b.path, e.name)
        FROM sqlstitch_bundle AS b JOIN sqlstitch_external AS e ON e.position = b.position
        WHERE b.position BETWEEN NEW.asked AND iif(NEW.asked = 0, 999999999, NEW.asked)
          AND NOT EXISTS (SELECT 1 FROM {{ledger}} AS l WHERE l.name = b.name)
          AND NOT EXISTS (SELECT 1 FROM {{ledger}} AS l WHERE l.state = 'applied' AND (l.name = e.name
            OR l.name IN (SELECT f.former FROM sqlstitch_external_former AS f WHERE f.position = e.position AND f.name = e.name)))
      UNION ALL
      {{/external}}
      {{#revert}}
      SELECT b.position, CASE WHEN d.name IS NULL THEN printf('patch "%s" (%s) cannot be undone: nothing undoes it, says its header', b.name, b.path)
          ELSE printf('patch "%s" (%s) is needed by patch "%s", which is applied to this database', b.name, b.path, d.name) END
        FROM sqlstitch_bundle AS b JOIN sqlstitch_dependent AS d ON d.position = b.position
        WHERE b.position BETWEEN NEW.asked AND iif(NEW.asked = 0, 999999999, NEW.asked)
          AND EXISTS (SELECT 1 FROM {{ledger}} AS l WHERE l.name = b.name)
          AND (d.name IS NULL OR EXISTS (SELECT 1 FROM {{ledger}} AS l WHERE l.name = d.name))
      UNION ALL
      SELECT b.position, printf('patch "%s" (%s) was begun and has not ended', b.name, b.path)
        FROM sqlstitch_bundle AS b CROSS JOIN {{ledger}} AS l ON l.name = b.name
        WHERE b.position BETWEEN NEW.asked AND iif(NEW.asked = 0, 999999999, NEW.asked) AND l.state = 'running' AND l.checksum = b.checksum
      UNION ALL
      SELECT b.position, printf('patch "%s" (%s) is not tried, because the patch before it, "%s", is still applied', b.name, b.path, p.name)
        FROM sqlstitch_bundle AS b CROSS JOIN sqlstitch_bundle AS p ON p.position = b.position - 1
        WHERE b.position = NEW.asked AND EXISTS (SELECT 1 FROM {{ledger}} AS l WHERE l.name = p.name)
      {{/revert}}
      {{#forward}}
      SELECT b.position, printf('patch "%s" (%s) is partly undone', b.name, b.path)
        FROM sqlstitch_bundle AS b CROSS JOIN {{ledger}} AS l ON l.name = b.name
        WHERE b.position BETWEEN NEW.asked AND iif(NEW.asked = 0, 999999999, NEW.asked) AND l.checksum LIKE 'revert:%'
      UNION ALL
      {{#baseline}}
      SELECT b.position, printf('patch "%s" (%s) was begun and has not ended', b.name, b.path)
        FROM sqlstitch_bundle AS b CROSS JOIN {{ledger}} AS l ON l.name = b.name
        WHERE l.state = 'running' AND l.checksum = b.checksum
      UNION ALL
      {{/baseline}}
      SELECT b.position, printf('patch "%s" (%s) is not tried, because the patch before it, "%s", is not applied', b.name, b.path, p.name)
        FROM sqlstitch_bundle AS b CROSS JOIN sqlstitch_bundle AS p ON p.position = b.position - 1
        WHERE b.position = NEW.asked
          AND NOT EXISTS (SELECT 1 FROM {{ledger}} AS l WHERE l.name = p.name AND l.state = 'applied')
      {{/forward}}
      ORDER BY 1)));
  UPDATE sqlstitch_turn SET problem = printf('CREATE TEMP TRIGGER sqlstitch_stop BEFORE UPDATE ON sqlstitch_turn BEGIN SELECT RAISE(ROLLBACK, %Q); END;' || char(10) || 'UPDATE temp.sqlstitch_turn SET due = 0;' || char(10), problem)
    WHERE problem IS NOT NULL;
END;

-- The step at hand: an INSERT decides whether it is due, and writes its text if it is. SQLite compiles all
-- of a trigger each time it is used, so what is rarely needed stands in others: the words for what forbids
-- a patch, and records that are more than a new row. What most patches are, one step that runs once and is
-- recorded with a new row, has a view of its own, whose text ends the transaction too.
{{#whole}}
CREATE TEMP VIEW sqlstitch_whole AS SELECT 0 AS position, '' AS body;
CREATE TEMP TRIGGER sqlstitch_decide INSTEAD OF INSERT ON sqlstitch_whole BEGIN
  SELECT coalesce(writefile('sqlstitch.body', CASE
      WHEN l.name IS NULL AND (b.previous = '' OR (SELECT n.state FROM {{ledger}} AS n WHERE n.name = b.previous) = 'applied')
        THEN b.opening || 'SAVEPOINT sqlstitch_patch;' || NEW.body || 'RELEASE sqlstitch_patch;' || b.closing || quote(julianday('now')) || ') * 86400000.0));
COMMIT;
'
      WHEN l.checksum IS NOT b.checksum THEN b.asking || 'COMMIT;
'
      ELSE 'COMMIT;
' END), RAISE(ROLLBACK, 'the private directory cannot be written to'))
    FROM sqlstitch_bundle AS b LEFT JOIN {{ledger}} AS l ON l.name = b.name
    WHERE b.position = NEW.position;
END;

{{/whole}}
-- Where `transactional` is 2, the text goes on in parts.
CREATE TEMP VIEW sqlstitch_step AS
  SELECT position, statement, next, 1 AS transactional, '' AS body FROM sqlstitch_turn;

CREATE TEMP TRIGGER sqlstitch_begin INSTEAD OF INSERT ON sqlstitch_step BEGIN
  {{#revert}}
  UPDATE sqlstitch_turn SET asked = NEW.position;
  {{/revert}}
  UPDATE sqlstitch_turn SET position = NEW.position, statement = NEW.statement, next = NEW.next, started = julianday('now'), done = 0, due = (
    SELECT coalesce(writefile('sqlstitch.body', CASE
        WHEN sqlstitch_turn.problem IS NOT NULL THEN sqlstitch_turn.problem
        {{#forward}}
        WHEN l.checksum <> b.checksum AND (b.kind = 'once' OR l.checksum LIKE 'revert:%')
          OR b.previous <> '' AND (SELECT n.state FROM {{ledger}} AS n WHERE n.name = b.previous) IS NOT 'applied'
          THEN b.asking
        WHEN CASE
            WHEN l.name IS NULL THEN NEW.statement = 0
            WHEN l.checksum = b.checksum THEN l.state = 'running' AND l.next_statement = NEW.statement
            ELSE NEW.statement = 0 END
        {{/forward}}
        {{#revert}}
        WHEN CASE l.state WHEN 'applied' THEN NEW.statement = 0 ELSE l.next_statement = NEW.statement END
        {{/revert}}
          THEN CASE WHEN NEW.statement = 0 THEN b.opening ELSE '' END
            || CASE WHEN NEW.transactional THEN 'SAVEPOINT sqlstitch_patch;' ELSE '' END
            || (NEW.body || CASE WHEN NEW.transactional = 2 THEN '' ELSE CASE WHEN NEW.transactional THEN 'RELEASE sqlstitch_patch;' ELSE '' END
            {{#forward}}
            || CASE WHEN l.name IS NULL AND NEW.transactional AND NEW.next = b.statements THEN b.closing || quote(julianday('now')) || ') * 86400000.0));' ELSE '
UPDATE temp.sqlstitch_turn SET noted = 1;' END
            {{/forward}}
            {{#revert}}
            || '
UPDATE temp.sqlstitch_turn SET noted = 1;'
            {{/revert}}
            || '
UPDATE temp.sqlstitch_turn SET done = 1;
' END) END), RAISE(ROLLBACK, 'the private directory cannot be written to'))
      FROM sqlstitch_bundle AS b LEFT JOIN {{ledger}} AS l ON l.name = b.name
      WHERE b.position = NEW.position);
END;

{{#large}}
-- A part is added where the first one was written, and not something short in its place.
CREATE TEMP VIEW sqlstitch_part AS SELECT '' AS body;
CREATE TEMP TRIGGER sqlstitch_parted INSTEAD OF INSERT ON sqlstitch_part BEGIN
  UPDATE sqlstitch_turn SET written = writefile('sqlstitch.part', iif(due >= {{part}}, NEW.body, NULL));
END;

{{/large}}
-- What becomes of the ledger's row in the other cases.
CREATE TEMP TRIGGER sqlstitch_noted AFTER UPDATE OF noted ON sqlstitch_turn BEGIN
  {{#revert}}
  -- Only where statements run outside a transaction there are steps before the last one. The mark keeps
  -- scripts that apply the patch from going on with it.
  UPDATE {{table}} SET state = 'running', checksum = 'revert:' || replace(checksum, 'revert:', ''), next_statement = NEW.next
    WHERE name = (SELECT b.name FROM sqlstitch_bundle AS b WHERE b.position = NEW.position AND NEW.next < b.statements)
      AND (state = 'applied' OR next_statement < NEW.next);
  DELETE FROM {{table}}
    WHERE name = (SELECT b.name FROM sqlstitch_bundle AS b WHERE b.position = NEW.position AND NEW.next >= b.statements);
  {{/revert}}
  {{#forward}}
  INSERT INTO {{table}} (name, checksum, algorithm, ordinal, phase, kind, state, statements, next_statement, applied_at, applied_by, duration_ms, version, bundle, revision)
    SELECT b.name, b.checksum, {{algorithm}}, (SELECT coalesce(max(ordinal), 0) + 1 FROM {{ledger}}), b.phase, b.kind,
        CASE WHEN NEW.next < b.statements THEN 'running' ELSE 'applied' END, b.statements, NEW.next,
        strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), (SELECT applied_by FROM sqlstitch_session),
        round((julianday('now') - NEW.started) * 86400000.0), {{version}}, {{bundle_id}}, {{revision}}
      FROM sqlstitch_bundle AS b WHERE b.position = NEW.position AND true
    ON CONFLICT (name) DO UPDATE SET
        checksum = excluded.checksum, algorithm = excluded.algorithm,
        ordinal = CASE WHEN NEW.statement = 0 THEN excluded.ordinal ELSE ordinal END,
        phase = excluded.phase, kind = excluded.kind, state = excluded.state, statements = excluded.statements, next_statement = excluded.next_statement,
        applied_at = excluded.applied_at, applied_by = excluded.applied_by,
        duration_ms = CASE WHEN NEW.statement = 0 THEN 0 ELSE duration_ms END + excluded.duration_ms,
        version = excluded.version, bundle = excluded.bundle, revision = excluded.revision
      -- Of two runs that did a step without a transaction at once, the later record changes nothing.
      WHERE checksum <> excluded.checksum OR next_statement < excluded.next_statement;
  {{/forward}}
END;

CREATE TEMP TRIGGER sqlstitch_violations AFTER UPDATE OF violations ON sqlstitch_turn WHEN NEW.violations > 0 BEGIN
  SELECT RAISE(ROLLBACK, 'the patch has left rows that break a foreign key, see PRAGMA foreign_key_check');
END;

CREATE TEMP TRIGGER sqlstitch_ended AFTER UPDATE OF ended ON sqlstitch_turn WHEN NEW.due AND NOT NEW.done BEGIN
  SELECT RAISE(ROLLBACK, 'the patch did not run to its end');
END;

{{#baseline}}
CREATE TEMP TRIGGER sqlstitch_baselined AFTER UPDATE OF baselined ON sqlstitch_turn BEGIN
  INSERT INTO {{table}} (name, checksum, algorithm, ordinal, phase, kind, state, statements, next_statement, applied_at, applied_by, version, bundle, revision)
    SELECT b.name, b.checksum, {{algorithm}}, (SELECT coalesce(max(ordinal), 0) FROM {{ledger}}) + row_number() OVER (ORDER BY b.position),
        b.phase, b.kind, 'applied', b.statements, b.statements, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), (SELECT applied_by FROM sqlstitch_session),
        {{version}}, {{bundle_id}}, {{revision}}
      FROM sqlstitch_bundle AS b
      WHERE NOT EXISTS (SELECT 1 FROM {{ledger}} AS l WHERE l.name = b.name);
END;

{{/baseline}}
{{take_turns}}-- The ledger, and what must hold before anything runs.
BEGIN IMMEDIATE;
{{target}}CREATE TABLE IF NOT EXISTS {{ledger}} (
  name TEXT NOT NULL UNIQUE,
  checksum TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  ordinal INTEGER PRIMARY KEY,
  phase TEXT,
  kind TEXT NOT NULL CHECK (kind IN ('once', 'repeatable')),
  state TEXT NOT NULL CHECK (state IN ('applied', 'running')),
  statements INTEGER NOT NULL,
  started_statement INTEGER,
  next_statement INTEGER NOT NULL,
  applied_at TEXT NOT NULL,
  applied_by TEXT,
  duration_ms REAL,
  version TEXT NOT NULL,
  bundle TEXT NOT NULL,
  revision TEXT,
  format INTEGER NOT NULL DEFAULT 1
);
{{#formerly}}
UPDATE temp.sqlstitch_turn SET renamed = 0;
{{/formerly}}
UPDATE temp.sqlstitch_turn SET asked = 0;
UPDATE temp.sqlstitch_turn SET written = writefile('sqlstitch.body', problem);
.read sqlstitch.run
-- Where there is nothing to do, nothing needs to be decided for each patch.
UPDATE temp.sqlstitch_turn SET written = writefile('sqlstitch.body', (
  SELECT 'DROP TRIGGER temp.sqlstitch_begin; DROP TRIGGER temp.sqlstitch_ended;
CREATE TEMP TRIGGER sqlstitch_begin INSTEAD OF INSERT ON sqlstitch_step BEGIN SELECT writefile(''sqlstitch.body'', NULL); END;
{{#whole}}
DROP TRIGGER temp.sqlstitch_decide;
CREATE TEMP TRIGGER sqlstitch_decide INSTEAD OF INSERT ON sqlstitch_whole BEGIN SELECT writefile(''sqlstitch.body'', ''COMMIT;''); END;
{{/whole}}
'
    WHERE NOT EXISTS (
      SELECT 1 FROM temp.sqlstitch_bundle AS b LEFT JOIN {{ledger}} AS l ON l.name = b.name
        {{#revert}}
        WHERE l.name IS NOT NULL)));
        {{/revert}}
        {{#forward}}
        WHERE l.state IS NOT 'applied' OR b.kind = 'repeatable' AND l.checksum <> b.checksum)));
        {{/forward}}
.read sqlstitch.run
{{warnings}}
UPDATE temp.sqlstitch_bundle AS b SET
    previous = coalesce((SELECT p.name FROM temp.sqlstitch_bundle AS p WHERE p.position = b.position - 1), ''),
    opening = printf('SELECT %Q;', printf('{{doing}} %s (%s)', name, path)),
    {{#forward}}
    closing = printf('
INSERT INTO {{ledger_text}} (name, checksum, algorithm, ordinal, phase, kind, state, statements, next_statement, applied_at, applied_by, version, bundle, revision, duration_ms)
  VALUES (%Q, %Q, %Q, (SELECT coalesce(max(ordinal), 0) + 1 FROM {{ledger_text}}), %Q, %Q, ''applied'', %d, %d, strftime(''%%Y-%%m-%%dT%%H:%%M:%%fZ'', ''now''), %Q, %Q, %Q, %Q, round((julianday(''now'') - ',
      name, checksum, {{algorithm}}, phase, kind, statements, statements, (SELECT applied_by FROM temp.sqlstitch_session), {{version}}, {{bundle_id}}, {{revision}}),
    {{/forward}}
    asking = (SELECT here FROM temp.sqlstitch_session) || '
UPDATE temp.sqlstitch_turn SET asked = ' || position || ', done = 1;
UPDATE temp.sqlstitch_turn SET written = writefile(''sqlstitch.late'', problem);
.read sqlstitch.late
'
  WHERE EXISTS (SELECT 1 FROM temp.sqlite_schema WHERE name = 'sqlstitch_ended');
{{#baseline}}
UPDATE temp.sqlstitch_turn SET baselined = 1;
{{/baseline}}
{{commit}}