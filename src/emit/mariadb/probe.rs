//! What the catalog can tell of a statement that was broken off: which object is there, or is not,
//! once it has taken effect. `sql/look.sql` looks.
//!
//! A probe is used only where it is surely untrue before the statement and surely true after it; in
//! any doubt a person is asked.

use serde::Serialize;

use super::alter;
use super::reading::Name;
use crate::dialect::lex::TokenKind;
use crate::emit::words::Words;

/// What is there (`+`) or not (`-`) after a statement, and was not, or was, before it: kind, sign,
/// database, name, part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::emit) struct Probe(
    pub(super) &'static str,
    pub(super) char,
    pub(super) Option<String>,
    pub(super) String,
    pub(super) Option<String>,
);

/// What a DDL statement says about a second start of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// It does no harm.
    Again,
    /// The catalog tells whether it is needed.
    Probe(Probe),
    /// Nothing tells.
    Unknown,
}

/// The doubt about `CREATE`, `DROP`, `ALTER TABLE` and `RENAME`; none for any other statement.
pub(super) fn doubt(words: &Words<'_>) -> Option<Doubt> {
    let mut words = words.clone();
    if words.eat(&["CREATE"]) {
        return Some(create(words));
    }
    if words.eat(&["DROP"]) {
        return Some(drop_doubt(words));
    }
    if words.eat(&["RENAME"]) {
        return Some(if words.eat(&["TABLE", "TABLES"]) {
            rename(words)
        } else {
            Doubt::Unknown
        });
    }
    if !words.eat(&["ALTER"]) {
        return None;
    }
    words.eat(&["ONLINE"]);
    words.eat(&["IGNORE"]);
    if words.eat(&["TABLE"]) {
        return Some(alter::table(words));
    }
    if words.is(&["EVENT", "DEFINER"]) {
        return Some(if words.has(&["RENAME"]) {
            Doubt::Unknown
        } else {
            Doubt::Again
        });
    }
    (words.eat(&["ALGORITHM", "SQL"]) && words.has(&["VIEW"])).then_some(Doubt::Again)
}

pub(super) fn is(kind: &'static str, sign: char, name: Name, part: Option<String>) -> Doubt {
    Doubt::Probe(Probe(kind, sign, name.database, name.name, part))
}

pub(super) fn exists(words: &mut Words<'_>) -> bool {
    words.eat_all(&["IF", "EXISTS"]) || words.eat_all(&["IF", "NOT", "EXISTS"])
}

/// Steps over `DEFINER = user@host`, `ALGORITHM = x`, `SQL SECURITY x` and the like, up to the kind.
fn skip_to_kind(words: &mut Words<'_>, kinds: &[&str]) -> bool {
    for _ in 0..24 {
        if words.is(kinds) {
            return true;
        }
        words.skip();
    }
    false
}

const KINDS: &[&str] = &[
    "TABLE",
    "VIEW",
    "SEQUENCE",
    "INDEX",
    "TRIGGER",
    "PROCEDURE",
    "FUNCTION",
    "PACKAGE",
    "EVENT",
    "DATABASE",
    "SCHEMA",
    "USER",
    "ROLE",
    "SERVER",
];

fn create(mut words: Words<'_>) -> Doubt {
    if words.eat_all(&["OR", "REPLACE"]) {
        return Doubt::Again;
    }
    if !skip_to_kind(&mut words, KINDS) {
        return Doubt::Unknown;
    }
    let kind = words.text().to_ascii_uppercase();
    words.skip();
    let body = kind == "PACKAGE" && words.eat(&["BODY"]);
    // A sequence that is there may still lack its row.
    if exists(&mut words) && kind != "SEQUENCE" {
        return Doubt::Again;
    }
    let Some(name) = Name::read(&mut words) else {
        return Doubt::Unknown;
    };
    match kind.as_str() {
        "TABLE" if makes_sequence(words.clone()) => is("sequence", '+', name, None),
        "INDEX" => {
            while !words.at_end() && !words.eat(&["ON"]) {
                words.skip();
            }
            Name::read(&mut words).map_or(Doubt::Unknown, |table| {
                is("index", '+', table, Some(name.name))
            })
        }
        // A function of a library is in no list of routines.
        "FUNCTION" if words.is(&["RETURNS"]) && words.has(&["SONAME"]) => Doubt::Unknown,
        "USER" | "ROLE" | "SERVER" => Doubt::Unknown,
        kind => is(object(kind, body), '+', name, None),
    }
}

/// `CREATE TABLE … SEQUENCE = 1`.
fn makes_sequence(mut words: Words<'_>) -> bool {
    while !words.at_end() {
        if words.eat(&["SEQUENCE"]) {
            words.eat_kind(TokenKind::Operator);
            if words.kind() == Some(TokenKind::Number) {
                return true;
            }
        } else {
            words.skip();
        }
    }
    false
}

/// The kind by which `sql/look.sql` knows it.
fn object(kind: &str, body: bool) -> &'static str {
    match kind {
        "VIEW" => "view",
        "SEQUENCE" => "sequence",
        "TRIGGER" => "trigger",
        "EVENT" => "event",
        "PROCEDURE" => "PROCEDURE",
        "FUNCTION" => "FUNCTION",
        "PACKAGE" if body => "PACKAGE BODY",
        "PACKAGE" => "PACKAGE",
        "DATABASE" | "SCHEMA" => "database",
        _ => "table",
    }
}

fn drop_doubt(mut words: Words<'_>) -> Doubt {
    if !words.is(KINDS) {
        return Doubt::Unknown;
    }
    let kind = words.text().to_ascii_uppercase();
    words.skip();
    let body = kind == "PACKAGE" && words.eat(&["BODY"]);
    if exists(&mut words) {
        return Doubt::Again;
    }
    let Some(name) = Name::read(&mut words) else {
        return Doubt::Unknown;
    };
    match kind.as_str() {
        "INDEX" => {
            words.eat(&["ON"]);
            Name::read(&mut words).map_or(Doubt::Unknown, |table| {
                is("index", '-', table, Some(name.name))
            })
        }
        "USER" | "ROLE" | "SERVER" => Doubt::Unknown,
        _ if words.kind() == Some(TokenKind::Comma) => Doubt::Unknown,
        kind => is(object(kind, body), '-', name, None),
    }
}

/// `DROP TABLE a, b` drops one after the other, and where the server dies, or one of them is not there,
/// some are gone: a statement for each of them, which does the same.
pub(super) fn drops_apart(text: &str, words: &Words<'_>) -> Option<Vec<String>> {
    let mut words = words.clone();
    if !words.eat(&["DROP"]) || !words.eat(&["TABLE", "TABLES", "VIEW", "SEQUENCE"]) {
        return None;
    }
    if exists(&mut words) {
        return None;
    }
    let start = words.offset();
    let mut names = vec![words.name()?];
    while words.eat_kind(TokenKind::Comma) {
        names.push(words.name()?);
    }
    let end = words.offset_behind();
    let list = text.get(start..end)?;
    let apart = names.len() > 1 && !list.contains("/*!") && !list.contains("/*M!");
    apart.then(|| {
        let statement = |name: &&str| format!("{}{name}{}", &text[..start], &text[end..]);
        names.iter().map(statement).collect()
    })
}

/// `RENAME TABLE a TO b, …` changes all names or none.
fn rename(mut words: Words<'_>) -> Doubt {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let mut conditional = false;
    loop {
        conditional |= exists(&mut words);
        let Some(old) = Name::read(&mut words) else {
            return Doubt::Unknown;
        };
        while !words.at_end() && !words.eat(&["TO"]) {
            words.skip();
        }
        let Some(new) = Name::read(&mut words) else {
            return Doubt::Unknown;
        };
        before.push(old);
        after.push(new);
        if !words.eat_kind(TokenKind::Comma) {
            break;
        }
    }
    if conditional {
        return if before.len() == 1 {
            Doubt::Again
        } else {
            Doubt::Unknown
        };
    }
    let is_in = |names: &[Name], name: &Name| {
        let name = name.name.to_lowercase();
        names.iter().any(|other| other.name.to_lowercase() == name)
    };
    let fresh = after.iter().find(|name| !is_in(&before, name)).cloned();
    let gone = before.iter().find(|name| !is_in(&after, name)).cloned();
    match (fresh, gone) {
        (Some(name), _) => is("table", '+', name, None),
        (None, Some(name)) => is("table", '-', name, None),
        (None, None) => Doubt::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;
    use crate::emit::mariadb::reading::Reading;

    fn told(text: &str) -> String {
        match doubt(&Reading::new(Engine::Mariadb).words(text)) {
            None => "not DDL".to_owned(),
            Some(Doubt::Again) => "again".to_owned(),
            Some(Doubt::Unknown) => "ask".to_owned(),
            Some(Doubt::Probe(Probe(kind, sign, database, name, part))) => {
                let database = database.map(|name| name + ".").unwrap_or_default();
                let part = part.map(|name| format!("({name})")).unwrap_or_default();
                format!("{sign}{kind} {database}{name}{part}")
            }
        }
    }

    #[test]
    fn a_list_is_dropped_one_by_one() {
        for (text, expected) in [
            (
                "DROP TABLE a, /* b */ `d`.`b` RESTRICT",
                Some("DROP TABLE a RESTRICT|DROP TABLE `d`.`b` RESTRICT"),
            ),
            (
                "/*!40000 DROP VIEW a,b */",
                Some("/*!40000 DROP VIEW a */|/*!40000 DROP VIEW b */"),
            ),
            ("DROP TABLE a /*!40000 , b */", None),
            ("DROP TABLE IF EXISTS a, b", None),
            ("DROP TABLE a", None),
            ("DROP TABLE a,", None),
            ("DROP TABLE", None),
            ("DROP ROLE a, b", None),
        ] {
            let words = Reading::new(Engine::Mariadb).words(text);
            let apart = drops_apart(text, &words).map(|statements| statements.join("|"));
            assert_eq!(apart.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_the_catalog_can_tell() {
        for (text, expected) in [
            ("CREATE TABLE t (a int)", "+table t"),
            ("CREATE TABLE `d`.`t` LIKE u", "+table d.t"),
            ("CREATE TABLE IF NOT EXISTS t (a int)", "again"),
            ("CREATE OR REPLACE VIEW v AS SELECT 1", "again"),
            (
                "CREATE ALGORITHM=MERGE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW v AS SELECT 1",
                "+view v",
            ),
            (
                "CREATE UNIQUE INDEX i USING BTREE ON d.t (a)",
                "+index d.t(i)",
            ),
            (
                "/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`l`*/ /*!50003 TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @a = 1 */",
                "+trigger tr",
            ),
            ("CREATE PROCEDURE p() SELECT 1", "+PROCEDURE p"),
            ("CREATE FUNCTION f RETURNS STRING SONAME 'x.so'", "ask"),
            (
                "CREATE AGGREGATE FUNCTION f(x int) RETURNS int RETURN 1",
                "+FUNCTION f",
            ),
            ("CREATE PACKAGE BODY d.p AS END", "+PACKAGE BODY d.p"),
            (
                "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
                "+event e",
            ),
            ("CREATE SEQUENCE s", "+sequence s"),
            ("CREATE SEQUENCE IF NOT EXISTS s", "+sequence s"),
            ("CREATE OR REPLACE SEQUENCE s", "again"),
            ("CREATE TABLE s (sequence int) SEQUENCE=1", "+sequence s"),
            ("CREATE TABLE s (sequence int)", "+table s"),
            ("CREATE DATABASE d", "+database d"),
            ("CREATE USER u@localhost", "ask"),
            ("DROP TABLE a", "-table a"),
            ("DROP ROLE a, b", "ask"),
            ("DROP TABLE IF EXISTS a", "again"),
            ("DROP INDEX i ON t", "-index t(i)"),
            ("DROP TRIGGER tr", "-trigger tr"),
            ("ALTER TABLE t ADD c int, ADD d int", "+column t(c)"),
            ("ALTER TABLE t ADD COLUMN IF NOT EXISTS c int", "again"),
            ("ALTER TABLE t ADD (c int, d int)", "+column t(c)"),
            ("ALTER TABLE t ADD KEY k (c), COMMENT 'x'", "+index t(k)"),
            ("ALTER TABLE t ADD KEY (c)", "ask"),
            ("ALTER TABLE t ADD UNIQUE u (c)", "+index t(u)"),
            ("ALTER TABLE t ADD PRIMARY KEY (c)", "+index t(PRIMARY)"),
            (
                "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES u (a)",
                "+FOREIGN KEY t(fk)",
            ),
            ("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (a)", "ask"),
            ("ALTER TABLE t DROP FOREIGN KEY fk", "-FOREIGN KEY t(fk)"),
            ("ALTER TABLE t DROP c", "-column t(c)"),
            ("ALTER TABLE t DROP PRIMARY KEY", "-index t(PRIMARY)"),
            (
                "ALTER TABLE t MODIFY c int NOT NULL, ADD d int",
                "+column t(d)",
            ),
            ("ALTER TABLE t MODIFY c decimal(1,2)", "again"),
            ("ALTER TABLE t CHANGE a b int", "+column t(b)"),
            ("ALTER TABLE t CHANGE a a bigint", "again"),
            ("ALTER TABLE d.t RENAME TO u", "+table d.u"),
            ("ALTER TABLE t RENAME COLUMN a TO b", "+column t(b)"),
            ("ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u", "ask"),
            (
                "ALTER TABLE t ADD PARTITION (PARTITION p1 VALUES LESS THAN (1))",
                "+partition t(p1)",
            ),
            // Never what is true before the statement, or may be untrue after it.
            (
                "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a",
                "ask",
            ),
            ("ALTER TABLE t CHANGE a b int, CHANGE B a int", "ask"),
            ("ALTER TABLE t RENAME COLUMN a TO A", "again"),
            (
                "ALTER TABLE t RENAME INDEX i TO j, RENAME KEY J TO i",
                "ask",
            ),
            ("ALTER TABLE t DROP COLUMN IF EXISTS b, ADD b int", "ask"),
            (
                "ALTER TABLE t DROP b, ADD COLUMN IF NOT EXISTS b int",
                "ask",
            ),
            ("ALTER TABLE t ADD PRIMARY KEY (a), DROP PRIMARY KEY", "ask"),
            (
                "ALTER TABLE t ADD CONSTRAINT c PRIMARY KEY (a), DROP PRIMARY KEY",
                "ask",
            ),
            ("ALTER TABLE t ADD INDEX i (a), DROP INDEX I", "ask"),
            ("ALTER TABLE t ADD KEY (a), DROP KEY a", "ask"),
            ("ALTER TABLE t ADD KEY i (a), DROP COLUMN a", "-column t(a)"),
            ("ALTER TABLE t ADD (a int), DROP COLUMN a", "ask"),
            ("ALTER TABLE t ADD (a int, KEY k (a))", "ask"),
            ("ALTER TABLE t ADD c int, ADD KEY c (c)", "+column t(c)"),
            ("ALTER TABLE t ADD c int, NOT_KNOWN", "ask"),
            ("ALTER TABLE t MODIFY c int UNIQUE", "ask"),
            ("ALTER TABLE t MODIFY c int REMOVE PARTITIONING", "ask"),
            (
                "ALTER TABLE t ADD CONSTRAINT c PRIMARY KEY (a)",
                "+index t(PRIMARY)",
            ),
            ("ALTER TABLE t ADD CONSTRAINT c UNIQUE (a)", "+index t(c)"),
            ("ALTER TABLE t ADD CONSTRAINT c UNIQUE i (a)", "ask"),
            ("ALTER TABLE t DROP CONSTRAINT c", "ask"),
            ("ALTER TABLE t ADD c int AFTER a, RENAME TO u", "+table u"),
            ("ALTER TABLE t RENAME T", "ask"),
            ("ALTER TABLE t ADD PARTITION PARTITIONS 2", "ask"),
            ("ALTER TABLE t DROP PARTITION p, q", "-partition t(p)"),
            ("ALTER TABLE t CONVERT PARTITION p TO TABLE x", "ask"),
            ("ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4", "again"),
            ("ALTER TABLE t TRUNCATE PARTITION p, q", "again"),
            ("RENAME TABLE a TO A", "ask"),
            ("RENAME TABLE IF EXISTS a TO b", "again"),
            ("RENAME TABLE a TO b", "+table b"),
            ("RENAME TABLE a TO x, b TO a, x TO b", "ask"),
            ("RENAME TABLE a TO a_old, a_new TO a", "+table a_old"),
            ("INSERT INTO t VALUES (1)", "not DDL"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }
}
