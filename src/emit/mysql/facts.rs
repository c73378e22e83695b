//! What MySQL's manual says of statements: which the server can prepare
//! (<https://dev.mysql.com/doc/refman/8.0/en/sql-prepared-statements.html>). What is not in the list the
//! client sends by itself, which works for every statement.

use crate::dialect::Engine;
use crate::emit::mariadb::server::{Refused, Server};
use crate::emit::words::Words;

/// MySQL.
pub(super) const MYSQL: Server = Server {
    engine: Engine::Mysql,
    client: "mysql",
    has_blocks: false,
    together: "one procedure, and call it",
    refused: REFUSED,
    is_outside: |words| !is_prepared(words),
};

/// Statements that can be prepared, by their first words.
const PREPARED: &[&[&str]] = &[
    &["ALTER", "TABLE"],
    &["ALTER", "USER"],
    &["ANALYZE"],
    &["CACHE", "INDEX"],
    &["CALL"],
    &["CHECKSUM"],
    &["CREATE", "DATABASE"],
    &["CREATE", "FULLTEXT", "INDEX"],
    &["CREATE", "INDEX"],
    &["CREATE", "SCHEMA"],
    &["CREATE", "SPATIAL", "INDEX"],
    &["CREATE", "TABLE"],
    &["CREATE", "TEMPORARY", "TABLE"],
    &["CREATE", "UNIQUE", "INDEX"],
    &["CREATE", "USER"],
    &["CREATE", "VIEW"],
    &["CREATE", "OR", "REPLACE", "VIEW"],
    &["DELETE"],
    &["DESC"],
    &["DESCRIBE"],
    &["DO"],
    &["DROP", "DATABASE"],
    &["DROP", "INDEX"],
    &["DROP", "SCHEMA"],
    &["DROP", "TABLE"],
    &["DROP", "TEMPORARY", "TABLE"],
    &["DROP", "USER"],
    &["DROP", "VIEW"],
    &["EXPLAIN"],
    &["FLUSH"],
    &["GRANT"],
    &["INSERT"],
    &["LOAD", "INDEX"],
    &["OPTIMIZE"],
    &["RENAME", "TABLE"],
    &["RENAME", "USER"],
    &["REPAIR"],
    &["REPLACE"],
    &["REVOKE"],
    &["SELECT"],
    &["SET"],
    &["SHOW"],
    &["TABLE"],
    &["TRUNCATE"],
    &["UPDATE"],
    &["VALUES"],
    &["WITH"],
];

/// What begins like one that can be prepared.
const NOT_PREPARED: &[&[&str]] = &[
    &["SET", "DEFAULT", "ROLE"],
    &["SET", "PASSWORD"],
    &["SET", "RESOURCE"],
    &["SHOW", "ERRORS"],
    &["SHOW", "WARNINGS"],
];

/// What no script can carry.
const REFUSED: Refused = &[
    (
        &["USE"],
        "change to another database",
        "write the database before the names, or leave USE out and run the script in that database",
    ),
    (
        &["LOCK", "INSTANCE"],
        "steer a backup",
        "do it in a step of its own",
    ),
    (
        &["UNLOCK", "INSTANCE"],
        "steer a backup",
        "do it in a step of its own",
    ),
    (&["CLONE"], "clone a server", "do it in a step of its own"),
    (
        &["RESTART"],
        "restart the server",
        "do it in a step of its own",
    ),
];

fn is_prepared(words: &Words<'_>) -> bool {
    let is_in = |rows: &[&[&str]]| rows.iter().any(|row| words.are(row));
    if is_in(NOT_PREPARED) {
        return false;
    }
    // A query may stand in parentheses, and a view may have
    // options before its kind.
    is_in(PREPARED) || words.text() == "(" || is_view(words.clone())
}

fn is_view(mut words: Words<'_>) -> bool {
    if !words.eat(&["CREATE"]) {
        return false;
    }
    words.eat_all(&["OR", "REPLACE"]);
    if !words.is(&["ALGORITHM", "DEFINER", "SQL"]) {
        return false;
    }
    while !words.at_end() && !words.is(&["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"]) {
        if words.eat(&["VIEW"]) {
            return true;
        }
        words.skip();
    }
    false
}

/// Whether the server stores the text of a statement up to where the next one begins, a `;` included: that
/// of a routine, a trigger or an event whose body is one statement.
pub(super) fn keeps_its_end(text: &str) -> bool {
    let words = Words::new(text, Engine::Mysql);
    let ends = words.tokens().iter().rev();
    let last = ends
        .map(|token| token.text(text))
        .find(|word| *word != "*/");
    words.is(&["CREATE", "ALTER"])
        && words.has(&["PROCEDURE", "FUNCTION", "TRIGGER", "EVENT"])
        && !last.is_some_and(|word| word.eq_ignore_ascii_case("END"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::mariadb::reading::Reading;

    #[test]
    fn what_the_server_prepares() {
        let is = |text: &str| is_prepared(&Reading::new(Engine::Mysql).words(text));
        for text in [
            "INSERT INTO t VALUES (1)",
            "(SELECT 1) UNION (SELECT 2)",
            "/*!50001 CREATE ALGORITHM=UNDEFINED */ /*!50013 DEFINER=`a`@`%` SQL SECURITY DEFINER */ /*!50001 VIEW v AS SELECT 1 */",
            "CREATE UNIQUE INDEX i ON t (a)",
            "SET NAMES utf8mb4",
        ] {
            assert!(is(text), "{text}");
        }
        for text in [
            "CREATE PROCEDURE p() SELECT 1",
            "/*!50003 CREATE*/ /*!50017 DEFINER=`view`@`%`*/ /*!50003 TRIGGER t BEFORE INSERT ON v FOR EACH ROW SET @a = 1 */",
            "CREATE DEFINER = a EVENT e ON SCHEDULE EVERY 1 DAY DO DROP VIEW v",
            "ALTER VIEW v AS SELECT 1",
            "LOCK TABLES t WRITE",
            "LOAD DATA INFILE 'x' INTO TABLE t",
            "SET PASSWORD = 'x'",
            "SAVEPOINT a",
            "CREATE ROLE r",
        ] {
            assert!(!is(text), "{text}");
        }
    }
}
