//! Every word that PostgreSQL 15 knows but does not reserve, as a name: what is said about it must be
//! what is said about a word that means nothing, whichever reader reads it.
//! <https://www.postgresql.org/docs/15/sql-keywords-appendix.html>

use std::collections::{BTreeMap, BTreeSet};

use sqlstitch::dialect::Engine;
use sqlstitch::read::split::split;
use sqlstitch::read::{postgres, tokens};
use sqlstitch::source::Sources;

use super::compare::{Said, said};

/// Names of anything.
const UNRESERVED: &str = "
abort absolute access action add admin after aggregate also alter always asensitive assertion
assignment at atomic attach attribute backward before begin breadth by cache call called cascade
cascaded catalog chain characteristics checkpoint class close cluster columns comment comments
commit committed compression configuration conflict connection constraints content continue
conversion copy cost csv cube current cursor cycle data database day deallocate declare defaults
deferred definer delete delimiter delimiters depends depth detach dictionary disable discard
document domain double drop each enable encoding encrypted enum escape event exclude excluding
exclusive execute explain expression extension external family filter finalize first following force
forward function functions generated global granted groups handler header hold hour identity if
immediate immutable implicit import include including increment index indexes inherit inherits
inline input insensitive insert instead invoker isolation key label language large last leakproof
level listen load local location lock locked logged mapping match matched materialized maxvalue
merge method minute minvalue mode month move name names new next nfc nfd nfkc nfkd no normalized
nothing notify nowait nulls object of off oids old operator option options ordinality others over
overriding owned owner parallel parameter parser partial partition passing password plans policy
preceding prepare prepared preserve prior privileges procedural procedure procedures program
publication quote range read reassign recheck recursive ref referencing refresh reindex relative
release rename repeatable replace replica reset restart restrict return returns revoke role rollback
rollup routine routines rows rule savepoint schema schemas scroll search second security sequence
sequences serializable server session set sets share show simple skip snapshot sql stable standalone
start statement statistics stdin stdout storage stored strict strip subscription support sysid
system tables tablespace temp template temporary text ties transaction transform trigger truncate
trusted type types uescape unbounded uncommitted unencrypted unknown unlisten unlogged until update
vacuum valid validate validator value varying version view views volatile whitespace within without
work wrapper write xml year yes zone
";

/// Names of columns and tables, but not of types and functions.
const OF_COLUMNS: &str = "
between bigint bit boolean char character coalesce dec decimal exists extract float greatest
grouping inout int integer interval least national nchar none normalize nullif numeric out overlay
position precision real row setof smallint substring time timestamp treat trim values varchar
xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
xmlserialize xmltable
";

/// Of these, those that are no names of columns behind an expression without AS.
const NO_BARE_LABEL: &str = "
char character day filter hour minute month over precision second varying within without year
";

/// Statements with a name `?` that any of these words may be.
const STATEMENTS: &str = "
CREATE TABLE t (a int, ? int NOT NULL, b int)
CREATE TABLE t (? int PRIMARY KEY)
CREATE TABLE t (? int UNIQUE, ? text DEFAULT 'x', CHECK (? > 0), UNIQUE (?, a), FOREIGN KEY (?) REFERENCES p (?))
CREATE TABLE t (a int REFERENCES p (?), b int GENERATED ALWAYS AS (? + 1) STORED)
CREATE TABLE t (a int) PARTITION BY RANGE (?)
CREATE TABLE t (a int, CONSTRAINT ? CHECK (a > 0))
CREATE TABLE ? (a int)
CREATE TABLE s.? (? int)
CREATE TABLE ?.t (a int)
SELECT ? FROM t
SELECT a, ?, b FROM t
SELECT DISTINCT ? FROM t
SELECT t.?, x.? FROM t, u x
SELECT a AS ? FROM t
SELECT max(?) FILTER (WHERE ? > 1) FROM t
SELECT count(*) FROM t WHERE ? IS NULL AND a = ? GROUP BY ? HAVING max(?) > 1 ORDER BY ? DESC, a LIMIT 1
SELECT a FROM t WHERE ? IN (SELECT ? FROM u) OR NOT ? = 3
SELECT a FROM t JOIN u USING (?)
SELECT a FROM t JOIN u ON t.? = u.?
SELECT CASE WHEN ? > 1 THEN ? ELSE ? END FROM t
SELECT ?::text, CAST(? AS text), (?), -?, ? || ?, ?[1] FROM t
SELECT ? + 1, 1 + ? FROM t
SELECT a FROM t AS ? WHERE ?.a = 1
SELECT a FROM ?
SELECT b.a FROM t b, ? JOIN s.? ON true
SELECT a FROM t CROSS JOIN ?
SELECT a FROM ?.t
SELECT b.a FROM ? AS b
WITH ? AS (SELECT a FROM t) SELECT a FROM ?
SELECT a FROM (SELECT a FROM t) ? WHERE a = 1
SELECT rank() OVER (PARTITION BY ? ORDER BY ?) FROM t
INSERT INTO t (?) VALUES (1)
INSERT INTO t (a, ?, b) SELECT a, ?, b FROM u
INSERT INTO t (?) VALUES (1) ON CONFLICT (?) DO UPDATE SET ? = excluded.? RETURNING ?
INSERT INTO ? (a) VALUES (1)
INSERT INTO s.? VALUES (1)
UPDATE t SET ? = 1 WHERE ? = 2
UPDATE t SET a = 1, ? = ? + 1 FROM u WHERE u.? = t.?
UPDATE t SET (a, ?) = (1, 2)
UPDATE ? SET a = 1
DELETE FROM t WHERE ? = 1
DELETE FROM t USING u WHERE t.? = u.a RETURNING ?
DELETE FROM ? WHERE a = 1
TRUNCATE ?
COPY t (a, ?) FROM STDIN
MERGE INTO t USING u ON t.a = u.? WHEN MATCHED THEN UPDATE SET ? = 1 WHEN NOT MATCHED THEN INSERT (?) VALUES (u.?)
ALTER TABLE t ADD COLUMN ? int
ALTER TABLE t ADD ? int
ALTER TABLE t ADD COLUMN IF NOT EXISTS ? int DEFAULT 0
ALTER TABLE t DROP COLUMN ?
ALTER TABLE t DROP ?
ALTER TABLE t DROP COLUMN IF EXISTS ? CASCADE
ALTER TABLE t ALTER COLUMN ? TYPE bigint
ALTER TABLE t ALTER ? TYPE bigint USING ?::bigint
ALTER TABLE t ALTER COLUMN ? SET NOT NULL, ALTER ? SET DEFAULT 1
ALTER TABLE t RENAME COLUMN a TO ?
ALTER TABLE t RENAME a TO ?
ALTER TABLE t RENAME COLUMN ? TO a
ALTER TABLE t RENAME ? TO a
ALTER TABLE t RENAME TO ?
ALTER TABLE t ADD UNIQUE (?), ADD CHECK (? > 0), ADD FOREIGN KEY (?) REFERENCES p (?)
ALTER TABLE t ADD CONSTRAINT ? UNIQUE (a)
ALTER TABLE t DROP CONSTRAINT ?
ALTER TABLE t RENAME CONSTRAINT ? TO b
ALTER TABLE t VALIDATE CONSTRAINT ?
ALTER TABLE ? ADD COLUMN a int
ALTER TABLE IF EXISTS ONLY ? DROP a
DROP TABLE ?
DROP TABLE IF EXISTS t, ? CASCADE
CREATE INDEX i ON t (?)
CREATE INDEX i ON t (? DESC, lower(?), (? + 1)) INCLUDE (?) WHERE ? > 0
CREATE UNIQUE INDEX i ON t USING btree (a, ?)
CREATE INDEX ON t (?)
CREATE INDEX ? ON t (a)
CREATE INDEX i ON ? (a)
CREATE VIEW v AS SELECT ? FROM t
CREATE VIEW v (?) AS SELECT a FROM t
CREATE VIEW ? AS SELECT a FROM t
CREATE MATERIALIZED VIEW v AS SELECT ?, a AS b FROM t
CREATE TYPE c AS (? int)
ALTER TYPE c ADD ATTRIBUTE ? int
ALTER TYPE c RENAME ATTRIBUTE ? TO b
CREATE TRIGGER g BEFORE UPDATE OF ? ON t FOR EACH ROW WHEN (NEW.? > 1) EXECUTE FUNCTION f()
CREATE TRIGGER ? BEFORE INSERT ON t EXECUTE FUNCTION f()
CREATE TRIGGER g BEFORE INSERT ON ? EXECUTE FUNCTION f()
CREATE POLICY p ON t USING (? = 1) WITH CHECK (a = ?)
CREATE POLICY ? ON t
CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO u (?) VALUES (NEW.?)
CREATE SEQUENCE q OWNED BY t.?
CREATE SEQUENCE ?
CREATE SCHEMA ?
CREATE STATISTICS x ON a, ? FROM t
CREATE PUBLICATION p FOR TABLE t (a, ?) WHERE (? > 1)
COMMENT ON COLUMN t.? IS 'x'
COMMENT ON TABLE ? IS 'x'
GRANT SELECT (?), UPDATE (a, ?) ON t TO r
GRANT SELECT ON ? TO r
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT ? FROM t WHERE ? = 1'
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN UPDATE t SET ? = 1 WHERE ? = 2; INSERT INTO t (?) SELECT u.? FROM u; END'
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.? := 1; RETURN NEW; END'
CREATE FUNCTION f(x t.?%TYPE) RETURNS int LANGUAGE sql AS 'SELECT 1'
";

/// Statements with a name `?` that only an unreserved word may be.
const OF_UNRESERVED: &str = "
SELECT a FROM t ? WHERE ?.a = 1
UPDATE t AS ? SET a = 1 WHERE ?.a = 1
CREATE TYPE ? AS ENUM ('a')
CREATE DOMAIN ? AS text
CREATE TABLE t (a ?, b s.?[])
SELECT a::s.? FROM t
CREATE FUNCTION f(? int) RETURNS int LANGUAGE sql AS 'SELECT a FROM t WHERE b = ?'
CREATE FUNCTION f(? int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT a FROM t WHERE b = ?); END'
CREATE FUNCTION ?() RETURNS int LANGUAGE sql AS 'SELECT 1'
SELECT s.?(a) FROM t
CREATE TRIGGER g BEFORE INSERT ON t EXECUTE FUNCTION ?()
DROP FUNCTION ?(int)
DROP TYPE ?
";

/// With a name `?` behind an expression.
const OF_LABELS: &str = "
SELECT a ? FROM t
SELECT a ?, b ? FROM t ORDER BY b
SELECT a + 1 ?, f(a) ?, 'x' ? FROM t
CREATE VIEW v AS SELECT a ? FROM t
";

/// What is known to be read otherwise: names that hardly anyone gives, and types that are the engine's.
const EXCEPTIONS: &str = "
partition: ALTER TABLE t ADD ? int
cascade partition system: ALTER TABLE t DROP ?
cascade: ALTER TABLE t DROP COLUMN ?
cascade: ALTER TABLE t DROP CONSTRAINT ?
add after comment compression double encoding first generated identity index key name options storage stored text trigger unknown without xml: CREATE TABLE t (a ?, b s.?[])
database: CREATE TRIGGER g BEFORE INSERT ON ? EXECUTE FUNCTION f()
by cube match rollup sets zone: CREATE VIEW v AS SELECT a ? FROM t
cascade restrict: DROP FUNCTION ?(int)
cascade restrict: DROP TABLE ?
cascade restrict: DROP TABLE IF EXISTS t, ? CASCADE
cascade name restrict text trigger unknown xml: DROP TYPE ?
parameter: GRANT SELECT ON ? TO r
if set treat values: SELECT a FROM ?
if set treat values: SELECT a FROM t CROSS JOIN ?
if set treat values: SELECT b.a FROM ? AS b
if set treat values: SELECT b.a FROM t b, ? JOIN s.? ON true
set statistics: UPDATE ? SET a = 1
set: UPDATE t AS ? SET a = 1 WHERE ?.a = 1
recursive: WITH ? AS (SELECT a FROM t) SELECT a FROM ?
treat: SELECT a FROM ?.t
";

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').filter(|line| !line.is_empty())
}

/// What the tree and the tokens say of a statement.
fn readings(sql: &str) -> [BTreeSet<Said>; 2] {
    let mut sources = Sources::default();
    let id = sources.add("a.sql", sql);
    let source = sources.get(id);
    let dialect = Engine::Postgres.dialect();
    let pieces = split(source, dialect);
    let (mut tree, mut words) = (Vec::new(), Vec::new());
    for piece in pieces.pieces() {
        let reading = postgres::read(source, piece.statement.body, dialect);
        let body: Vec<_> = piece.body.collect();
        let (facts, _) = tokens::read(source, &body, dialect);
        let refused = |span: &sqlstitch::source::Span| {
            let within = |region: &sqlstitch::source::Span| {
                region.start <= span.start && span.end <= region.end
            };
            reading.broken.iter().any(within)
        };
        // What the grammar refuses is read by tokens, as the tool does.
        let rest = facts.iter().filter(|fact| refused(&fact.span)).cloned();
        tree.extend(reading.facts.iter().cloned().chain(rest));
        words.extend(facts);
    }
    [said(&tree), said(&words)]
}

/// A word of no meaning.
const PLAIN: &str = "zz9";

/// What is said of each statement with it.
type Plain = BTreeMap<String, [BTreeSet<Said>; 2]>;

/// The word's statements that say something else than with a word of no meaning.
fn differences(word: &str, statements: &str, plain: &mut Plain, told: &mut Vec<String>) {
    let exceptions: Vec<_> = lines(EXCEPTIONS)
        .filter_map(|line| line.split_once(": "))
        .filter(|(words, _)| words.split(' ').any(|other| other == word))
        .collect();
    let excepted = |statement: &&str| exceptions.iter().any(|(_, other)| other == statement);
    for statement in lines(statements).filter(|statement| !excepted(statement)) {
        let sql = statement.replace('?', word);
        let found = readings(&sql);
        let expected = plain
            .entry(statement.to_owned())
            .or_insert_with(|| readings(&statement.replace('?', PLAIN)));
        for ((found, expected), reader) in found.iter().zip(expected).zip(["tree", "tokens"]) {
            let named = |said: &Said| Said {
                object: said.object.replace(PLAIN, word),
                ..said.clone()
            };
            let expected: BTreeSet<Said> = expected.iter().map(named).collect();
            if *found != expected {
                let show = |said: &Said| format!("{} {}", said.verb, said.object);
                let missing: Vec<_> = expected.difference(found).map(show).collect();
                let more: Vec<_> = found.difference(&expected).map(show).collect();
                told.push(format!(
                    "{reader}: {sql}\n  lacks {missing:?}\n  has   {more:?}"
                ));
            }
        }
    }
}

#[test]
fn words_that_are_not_reserved_are_names() {
    let (mut told, mut plain) = (Vec::new(), Plain::new());
    for word in UNRESERVED.split_whitespace() {
        differences(word, STATEMENTS, &mut plain, &mut told);
        differences(word, OF_UNRESERVED, &mut plain, &mut told);
        if !NO_BARE_LABEL.split_whitespace().any(|other| other == word) {
            differences(word, OF_LABELS, &mut plain, &mut told);
        }
    }
    for word in OF_COLUMNS.split_whitespace() {
        differences(word, STATEMENTS, &mut plain, &mut told);
    }
    assert!(told.is_empty(), "{}\n{}", told.len(), told.join("\n"));
}
