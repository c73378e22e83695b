//! Whatever the bytes, reading ends well: no panic, and the pieces are the text.

use proptest::prelude::*;
use sqlstitch::dialect::Engine;
use sqlstitch::read::{Reading, read};
use sqlstitch::source::{Sources, decode};

fn check(text: &str) {
    for engine in Engine::ALL {
        let mut sources = Sources::default();
        let id = sources.add("a.sql", text);
        let source = sources.get(id);
        let Reading { patch, findings } = read(source, engine);
        let pieces: String = patch
            .statements
            .iter()
            .map(|statement| source.slice(statement.span))
            .collect();
        assert_eq!(pieces, text);
        for statement in &patch.facts {
            let body = patch.statements[statement.statement].span;
            let places = statement.facts.iter().map(|fact| fact.span);
            for place in places.chain(statement.dynamic.iter().copied()) {
                assert!(
                    body.start <= place.start && place.end <= body.end,
                    "{engine:?}"
                );
                let _ = source.slice(place);
            }
        }
        for label in findings.iter().flat_map(|finding| &finding.labels) {
            let _ = sources.locate(label.span);
            let _ = source.slice(label.span);
        }
    }
}

/// What real files are made of, in pieces small enough to go together in every wrong way.
const PIECES: &[&str] = &[
    "CREATE TABLE t (a int PRIMARY KEY, b text REFERENCES u (c), CHECK (b > 'x'));\n",
    "CREATE OR REPLACE FUNCTION s.f(a int, VARIADIC b text[]) RETURNS trigger LANGUAGE plpgsql AS $$",
    "BEGIN INSERT INTO t VALUES (NEW.a); EXECUTE 'DROP TABLE u'; RETURN NEW; END",
    "$$;\n",
    "DO $do$ ",
    "$do$;",
    "CREATE VIEW v AS WITH c AS (SELECT * FROM t) SELECT c.a, f(u.b) FROM c JOIN u USING (a)",
    "INSERT INTO t (a, b) SELECT a, b::mood FROM u WHERE a IN (SELECT 1) ON CONFLICT (a) DO NOTHING",
    "UPDATE t SET a = u.a FROM u",
    "ALTER TABLE t ADD COLUMN c int NOT NULL, DROP COLUMN d CASCADE, RENAME TO w",
    "CREATE TRIGGER r AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f('x')",
    "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END;",
    "CREATE TYPE mood AS ENUM ('a', 'b')",
    "GRANT SELECT ON t TO r",
    "COPY t FROM stdin;\n1\t2\n\\.\n",
    "SET search_path TO a, \"B\"",
    "-- requires: a, b\n",
    "-- @require ",
    "/* name: x\n * phase: expand\n */",
    "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE",
    "SELECT nextval('s'::regclass), E'\\'', U&\"d\\0061\" FROM \"T\".\"ü\"",
    "DELIMITER //\n",
    "\nGO\n",
    "DECLARE @x int = (SELECT a FROM [t]); EXEC p @x",
    "\\set x 1\n",
    ";",
    ";\n",
    "(",
    ")",
    ",",
    "'",
    "\"",
    "$$",
    "--",
    "/*",
    "*/",
    "\u{A0}",
    "😀",
    "\r",
    "\n",
    " ",
    ".",
    "::",
    "[",
    "]",
    "`",
    "@",
    "AS ",
    "IF EXISTS ",
    "BEGIN ",
    "END ",
    "CASE ",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        12 => prop::sample::select(PIECES).prop_map(str::to_owned),
        // A piece that ends too early.
        3 => (prop::sample::select(PIECES), 0..80_usize).prop_map(|(piece, length)| {
            piece[..piece.floor_char_boundary(length)].to_owned()
        }),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn reading_any_text_ends_well(text in text()) {
        check(&text);
    }

    #[test]
    fn decoding_any_bytes_ends_well(
        mark in prop::sample::select(vec![&b""[..], b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"]),
        bytes in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        let bytes = [mark, &bytes].concat();
        match decode(&bytes) {
            Ok(text) => check(&text),
            Err(error) => assert!(error.offset <= bytes.len()),
        }
    }
}
