//! Any text is read without failing.

use proptest::prelude::*;

use super::facts;
use crate::dialect::Engine;

/// Words, marks and names that statements are made of.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "CREATE", "ALTER", "DROP", "TABLE", "VIEW", "INDEX", "FUNCTION", "PROCEDURE", "TRIGGER", "TYPE", "AS", "ENUM",
    "SCHEMA", "IF", "NOT", "EXISTS", "OR", "REPLACE", "SELECT", "FROM", "JOIN", "ON", "USING", "WHERE", "GROUP",
    "BY", "ORDER", "WITH", "RECURSIVE", "INSERT", "INTO", "VALUES", "UPDATE", "SET", "DELETE", "MERGE", "WHEN",
    "MATCHED", "THEN", "CASE", "END", "BEGIN", "ATOMIC", "DECLARE", "LOOP", "FOR", "IN", "EXECUTE", "FORMAT", "DO",
    "LANGUAGE", "PLPGSQL", "RETURNS", "SETOF", "DEFAULT", "PRIMARY", "KEY", "UNIQUE", "FOREIGN", "REFERENCES",
    "CHECK", "CONSTRAINT", "GENERATED", "ALWAYS", "IDENTITY", "ADD", "COLUMN", "RENAME", "TO", "OWNER", "GRANT",
    "COMMENT", "IS", "NULL", "CONFLICT", "NOTHING", "RETURNING", "LATERAL", "VALUES", "UNION", "ALL", "EXEC",
    "OUTPUT", "MODIFY", "CHANGE", "AFTER", "PARTITION", "OF", "ATTACH", "INHERITS", "LIKE", "CAST", "OPERATOR",
    "CLASS", "AGGREGATE", "DOMAIN", "EXTENSION", "POLICY", "RULE", "COPY", "TRUNCATE", "CALL", "RETURN", "QUERY",
    "(", ")", "[", "]", "{", "}", ",", ";", ".", "::", ":=", "=", "=>", "*", "%", "<<", ">>", "$$", "$1", "@x", ":",
    "'", "'s.t'", "''", "\"", "\"Q\"", "`b`", "[c]", "$$ SELECT a INTO b FROM c $$", "'a''b'", "E'\\'", "--", "/*",
    "*/", "\n", "a", "b", "t", "s.t", "new.x", "regclass", "nextval('q')", "1", "1.5", "é", "#t", "\\",
];

fn engine() -> impl Strategy<Value = Engine> {
    prop::sample::select(Engine::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn soup_is_read(engine in engine(), pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        facts(engine, &pieces.join(" "));
        facts(engine, &pieces.concat());
    }

    #[test]
    fn any_text_is_read(engine in engine(), text in "\\PC{0,80}") {
        facts(engine, &text);
    }

    /// Real statements with a piece cut out, doubled or put elsewhere.
    #[test]
    fn mutated_statements_are_read(engine in engine(), from in 0_usize..4000, length in 0_usize..200, to in 0_usize..4000) {
        let text = concat!(
            include_str!("cases/postgres.txt"),
            include_str!("cases/others.txt"),
        );
        let cut = |at: usize| text.floor_char_boundary(at % text.len());
        let (start, end, place) = (cut(from), cut(from) + length, cut(to));
        let end = text.floor_char_boundary(end.min(text.len()));
        let near = text.floor_char_boundary(place.saturating_sub(600));
        let mut mutated = text[near..place].to_owned();
        mutated.push_str(&text[start..end]);
        let far = text.floor_char_boundary((place + 600).min(text.len()));
        mutated.push_str(&text[place..far]);
        facts(engine, &mutated);
    }
}

#[test]
fn depth_is_no_danger() {
    for engine in Engine::ALL {
        for (open, close) in [
            ("(", ")"),
            ("SELECT (", ")"),
            ("SELECT * FROM (", ")"),
            ("SELECT f(", ")"),
            ("CREATE TABLE t AS (SELECT (", "))"),
            ("WITH a AS (", ") SELECT 1"),
            ("CREATE SCHEMA s ", ""),
            ("DO $$ BEGIN ", " END $$"),
            ("STRUCT(", ")"),
            ("IF EXISTS (SELECT ", ")"),
            ("CASE WHEN ", " END"),
            ("[", "]"),
        ] {
            let text = format!("{}1{}", open.repeat(3000), close.repeat(3000));
            facts(engine, &text);
            facts(engine, &format!("CREATE TABLE t (a {text})"));
        }
    }
}

#[test]
fn long_texts_take_linear_time() {
    let rows = "(1, 'a', now()), ".repeat(40_000);
    let before = std::time::Instant::now();
    facts(
        Engine::Postgres,
        &format!("INSERT INTO t (a, b, c) VALUES {rows} (1, 'a', now())"),
    );
    // Debug builds on a busy machine; quadratic would be minutes.
    assert!(before.elapsed().as_secs() < 20);
}
