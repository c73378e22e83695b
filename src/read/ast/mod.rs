//! The one door to sqlparser: trees of SQLite, MySQL, MariaDB, DuckDB and T-SQL statements become
//! facts. PostgreSQL has a grammar of its own.
//!
//! [`read`] answers `None` where the grammar refuses the statement or is known to misread it; the
//! caller then reads the tokens.

mod alter;
mod create;
mod dml;
mod drop;
mod expr;
mod from;
mod key;
mod mend;
mod parse;
mod query;
mod reader;
mod routine;
mod scope;
mod statement;
mod table;
#[cfg(test)]
mod testing;

use super::fact::Fact;
use crate::dialect::Dialect;
use crate::source::{Source, Span};

/// What a tree tells.
#[derive(Debug, Default)]
pub struct Tree {
    /// The facts in the order of their places.
    pub facts: Vec<Fact>,
    /// Places of SQL that is put together at run time.
    pub dynamic: Vec<Span>,
    /// Places that the grammar did not see, which name something.
    pub left: Vec<Span>,
}

/// What the tree of the statement (T-SQL: of the batch) under `body` tells. `None` when the grammar refuses it.
#[must_use]
pub fn read(source: &Source, body: Span, dialect: &Dialect) -> Option<Tree> {
    let text = parse::prepare(source.slice(body), dialect)?;
    let (statements, said) = parse::parse(&text, dialect).ok()?;
    let place =
        |&(start, end): &(u32, u32)| Span::new(body.source, body.start + start, body.start + end);
    let left = said.left.iter().map(place).collect();
    let mut reader = reader::Reader::new(dialect, body, said);
    reader.statements(&statements);
    let (facts, dynamic) = reader.finish()?;
    Some(Tree {
        facts,
        dynamic,
        left,
    })
}

/// Why the grammar refuses a statement, in the grammar's words.
#[must_use]
pub fn refusal(text: &str, dialect: &Dialect) -> Option<String> {
    match parse::prepare(text, dialect) {
        None => Some("it is too long, too deep or has no end".to_owned()),
        Some(text) => parse::parse(&text, dialect).err(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;
    use crate::dialect::lex::lex;
    use crate::source::Sources;

    /// Statements whose forms go through the mends and the rarer branches of the readers.
    const STATEMENTS: &[&str] = &[
        "CREATE TABLE t (a varchar(9) BINARY, b int REFERENCES u (c), KEY USING BTREE (a(3))) ENGINE=x AS SELECT 1",
        "ALTER IGNORE TABLE t ENGINE=x, ADD COLUMN (a int, b int), DROP KEY k, RENAME u",
        "ALTER TABLE t ADD a int NULL, CONSTRAINT c CHECK (a > 0) ALTER TABLE t ALTER COLUMN b nvarchar(9) COLLATE x NOT NULL",
        "CREATE TABLE [t] ([a] int NOT FOR REPLICATION, CONSTRAINT p PRIMARY KEY CLUSTERED (a) WITH (F = 1) ON [P]) ON [P] TEXTIMAGE_ON [P]",
        "CREATE SEQUENCE s.q AS int START WITH 1 INCREMENT BY -1 SELECT NEXT VALUE FOR s.q EXEC @r = p 'x', @a = 1 SET @x += 1",
        "CREATE VIRTUAL TABLE f USING fts5(a, b UNINDEXED, content='p')",
        "CREATE TEMP TRIGGER IF NOT EXISTS r AFTER UPDATE OF a ON t BEGIN UPDATE t SET b = new.a; DELETE FROM u; END",
        "WITH RECURSIVE c(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM c) INSERT INTO t (a) SELECT a FROM c ON CONFLICT (a) DO UPDATE SET a = excluded.a",
        "UPDATE t, u SET t.a = u.b WHERE t.c IN (SELECT d FROM v JOIN w USING (e)) LIMIT 3",
        "MERGE INTO t USING (SELECT a FROM u) s ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = 1 WHEN NOT MATCHED THEN INSERT (a) VALUES (s.a);",
        "DELETE a FROM t a JOIN u b ON a.x = b.x OUTPUT deleted.x INTO l (x) WHERE b.\"ü\" = 'é'",
        "EXEC sp_rename 't.a', 'b', 'COLUMN'; EXEC sp_executesql N'INSERT INTO t VALUES (1)'; EXEC ('SELECT 1' + @x)",
        "CREATE MACRO m(a, b := 1) AS TABLE SELECT * FROM t WHERE x = a",
        "CREATE OR REPLACE VIEW v (a) AS SELECT list_transform(b, x -> x + c) FROM t PIVOT (sum(d) FOR e IN ('f'))",
    ];

    fn reads(text: &str) {
        let mut sources = Sources::default();
        let id = sources.add("a.sql", text);
        let source = sources.get(id);
        for engine in Engine::ALL {
            let found = read(source, source.span(), engine.dialect());
            for fact in found.iter().flat_map(|tree| &tree.facts) {
                assert!(text.is_char_boundary(fact.span.start as usize), "{text}");
                assert!(text.is_char_boundary(fact.span.end as usize), "{text}");
            }
        }
    }

    #[test]
    fn deep_statements_do_no_harm() {
        for (open, close) in [
            ("SELECT a FROM (", ") s"),
            ("SELECT a FROM t WHERE b IN (", ")"),
        ] {
            for depth in [127, 500] {
                reads(&format!(
                    "{}SELECT 1{}",
                    open.repeat(depth),
                    close.repeat(depth)
                ));
            }
        }
        reads(&format!("SELECT {}1", "1 + ".repeat(2500)));
        reads(&format!("SELECT {}1", "NOT ".repeat(1000)));
        reads(&format!(
            "SELECT {}1{}",
            "CASE WHEN ".repeat(500),
            " THEN 1 END".repeat(500)
        ));
        reads(&format!("SELECT 1{}", " UNION ALL SELECT 1".repeat(2500)));
    }

    #[test]
    fn broken_statements_do_no_harm() {
        for text in STATEMENTS {
            let tokens = lex(text, &Engine::Sqlite.dialect().lexing);
            for token in tokens.iter().filter(|token| !token.is_trivia()) {
                let (start, end) = (token.start as usize, token.end as usize);
                reads(&text[..end]);
                reads(&text[start..]);
                reads(&format!("{}{}", &text[..start], &text[end..]));
                reads(&format!("{} {}", &text[..end], &text[start..]));
            }
        }
    }
}
