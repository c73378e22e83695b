//! Texts that no one should write: deep, endless, half. None may end the process or take more than its
//! share of time, and what they name is still found.

use std::fs;

use sqlstitch::dialect::Engine;
use sqlstitch::graph::Graph;
use sqlstitch::read::fact::{Action, Kind};
use sqlstitch::read::{Patch, Reading, read};
use sqlstitch::resolve::{self, Settings};
use sqlstitch::source::Sources;

/// How often a piece is repeated where depth is the danger.
const DEEP: usize = 2_000;

/// Reads one text on a thread with the stack that tests and worker threads have.
fn reading(text: &str, engine: Engine) -> Reading {
    let mut sources = Sources::default();
    let id = sources.add("a.sql", text);
    read(sources.get(id), engine)
}

/// Whether anything is done to a relation of that name.
fn names(patch: &Patch, relation: &str) -> bool {
    let facts = patch.facts.iter().flat_map(|statement| &statement.facts);
    facts
        .filter(|fact| matches!(fact.action, Action::Use | Action::Define { .. }))
        .any(|fact| fact.object.kind != Kind::Column && fact.object.name.name == relation)
}

/// Statements that hold a relation `t` at the bottom of many levels.
fn deep(levels: usize) -> Vec<(&'static str, String)> {
    let around = |open: &str, inner: &str, close: &str| {
        format!("{}{inner}{}", open.repeat(levels), close.repeat(levels))
    };
    let query = "(SELECT id FROM t)";
    vec![
        (
            "parentheses",
            format!("SELECT {};", around("(", query, ")")),
        ),
        (
            "subqueries",
            format!(
                "{};",
                around("SELECT * FROM (", "SELECT id FROM t", ") AS a")
            ),
        ),
        (
            "subqueries in WHERE",
            format!(
                "{};",
                around("SELECT 1 WHERE 1 IN (", "SELECT id FROM t", ")")
            ),
        ),
        (
            "cases",
            format!("SELECT {};", around("CASE WHEN 1 = 1 THEN ", query, " END")),
        ),
        ("calls", format!("SELECT {};", around("abs(", query, ")"))),
        (
            "minus",
            format!("SELECT {} id FROM t;", "- ".repeat(levels)),
        ),
        (
            "not",
            format!("SELECT id FROM t WHERE {} id;", "NOT ".repeat(levels)),
        ),
        (
            "sums",
            format!("SELECT id{} FROM t;", " + 1".repeat(levels)),
        ),
        (
            "texts",
            format!("SELECT id{} FROM t;", " || 'x'".repeat(levels)),
        ),
        (
            "conditions",
            format!(
                "SELECT 1 FROM t WHERE id = 1{};",
                " OR id = 1 AND id = 2".repeat(levels)
            ),
        ),
        (
            "unions",
            format!("SELECT id FROM t{};", " UNION ALL SELECT 1".repeat(levels)),
        ),
        (
            "joins",
            format!("SELECT 1 FROM t{};", " CROSS JOIN u".repeat(levels)),
        ),
        (
            "joins in parentheses",
            format!("SELECT 1 FROM {};", around("(u CROSS JOIN ", "t", ")")),
        ),
        ("dots", format!("SELECT a{} FROM t;", ".b".repeat(levels))),
        (
            "withs",
            format!(
                "{};",
                around("WITH a AS (", "SELECT id FROM t", ") SELECT 1")
            ),
        ),
        (
            "inner comments",
            format!("{} SELECT id FROM t;", around("/* ", "x", " */")),
        ),
        (
            "comments",
            format!("{} SELECT id FROM t;", "/* x */ -- y\n".repeat(levels)),
        ),
        (
            "checks",
            format!(
                "CREATE TABLE t (a int CHECK ({}));",
                around("(", "a > 1", ")")
            ),
        ),
    ]
}

/// The same for bodies, which the engines write in different ways.
fn deep_bodies(levels: usize, engine: Engine) -> Vec<(&'static str, String)> {
    let nested = |open: &str, close: &str| {
        let (open, close) = (open.repeat(levels), close.repeat(levels));
        let body = format!("BEGIN {open} DELETE FROM t; {close} END");
        match engine {
            Engine::Postgres => format!("DO $$ {body} $$;"),
            Engine::Sqlite => format!("CREATE TRIGGER r AFTER INSERT ON u {body};"),
            Engine::Mssql => format!("CREATE PROCEDURE p AS {body};"),
            _ => format!("DELIMITER //\nCREATE PROCEDURE p() {body}//\n"),
        }
    };
    vec![
        ("blocks", nested("BEGIN ", " END;")),
        ("ifs", nested("IF 1 = 1 THEN ", " END IF;")),
        ("loops", nested("LOOP ", " END LOOP;")),
        ("whiles", nested("WHILE 1 = 1 BEGIN ", " END;")),
    ]
}

#[test]
fn depth_ends_no_process_and_hides_no_name() {
    let mut lost = Vec::new();
    for engine in Engine::ALL {
        for (what, text) in deep(DEEP) {
            let Reading { patch, .. } = reading(&text, engine);
            // Comments inside of comments are PostgreSQL's, DuckDB's and SQL Server's.
            let flat = what == "inner comments" && !engine.dialect().lexing.nested_comments;
            if !names(&patch, "t") && !flat {
                lost.push(format!("{engine:?}: {what}"));
            }
        }
        for (what, text) in deep_bodies(DEEP, engine) {
            let Reading { patch, .. } = reading(&text, engine);
            let of_this_engine = match what {
                "whiles" => engine == Engine::Mssql,
                "blocks" => !matches!(engine, Engine::Sqlite | Engine::Duckdb),
                _ => matches!(engine, Engine::Postgres | Engine::Mysql | Engine::Mariadb),
            };
            if of_this_engine && !names(&patch, "t") {
                lost.push(format!("{engine:?}: {what}"));
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn depth_without_an_end_ends_no_process() {
    for engine in Engine::ALL {
        for piece in PIECES {
            reading(&piece.repeat(DEEP), engine);
            reading(
                &format!("CREATE TABLE t (a int);\n{}", piece.repeat(DEEP)),
                engine,
            );
            if engine == Engine::Postgres {
                let text = piece.repeat(DEEP);
                reading(&format!("DO $body$ BEGIN {text}"), engine);
                reading(&format!("DO $body$ BEGIN {text} END $body$;"), engine);
            }
        }
    }
}

#[test]
fn half_a_statement_hides_no_other() {
    let halves = [
        "CREATE TABLE",
        "CREATE TABLE u (id int,",
        "CREATE VIEW v AS SELECT",
        "INSERT INTO u VALUES (1,",
        "ALTER TABLE",
        "UPDATE u SET",
        "SELECT * FROM u WHERE (",
        "GRANT SELECT ON",
        "This is not SQL at all",
        "{\"json\": [1, 2]}",
        "<<<<<<< HEAD",
        "CREATE INDEX ON u (",
        "DROP",
    ];
    for engine in Engine::ALL {
        for half in halves {
            let text = format!("{half};\nSELECT id FROM t;\nGO\n");
            let Reading { patch, .. } = reading(&text, engine);
            // What opens a parenthesis and does not close it may go on after a semicolon.
            let goes_on = (engine == Engine::Mssql && half.starts_with("<")) || half.contains('(');
            assert!(goes_on || names(&patch, "t"), "{engine:?}: {half}");
            reading(half, engine);
        }
    }
}

/// What is repeated without an end.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    ".",
    "'",
    "\"",
    "`",
    "$$ ",
    "$a$ ",
    "/*",
    "*/",
    "-- x\n",
    "- ",
    "a ",
    "a, ",
    "a.",
    "f(",
    "1 + ",
    "a::b::",
    "x = ",
    "BEGIN ",
    "END ",
    "END; ",
    "CASE ",
    "CASE WHEN ",
    "IF a THEN ",
    "LOOP ",
    "SELECT ",
    "SELECT (",
    "(SELECT ",
    "SELECT * FROM (",
    "FROM t ",
    "t JOIN ",
    "WITH a AS (",
    "UNION SELECT 1 ",
    "CREATE ",
    "CREATE TABLE t (",
    "CREATE FUNCTION f() ",
    "ALTER TABLE t ADD ",
    "INSERT INTO t ",
    "VALUES (1), ",
    "DECLARE x int; ",
    "EXECUTE 'SELECT 1' ",
    "GO\n",
    "DELIMITER //\n",
    "\\echo x\n",
    "COPY t FROM stdin;\n",
    "ARRAY[",
    "NOT ",
    "IS NULL ",
    "BETWEEN 1 AND ",
    "SET x = 1, ",
    "@a ",
    ":a ",
    "\u{e9} ",
];

/// Texts of which a longer one must take time in proportion.
fn long(count: usize) -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = PIECES
        .iter()
        .map(|piece| (format!("{piece:?}"), piece.repeat(count)))
        .collect();
    let mut add = |what: &str, text: String| texts.push((what.to_owned(), text));
    let each = |line: fn(usize) -> String| (0..count).map(line).collect::<String>();
    for (what, text) in deep(count)
        .into_iter()
        .chain(deep_bodies(count, Engine::Postgres))
    {
        add(what, text);
    }
    add(
        "an IN list",
        format!(
            "SELECT 1 FROM t WHERE a IN ({}1);",
            each(|n| format!("{n}, "))
        ),
    );
    add(
        "rows",
        format!(
            "INSERT INTO t VALUES {}(1, 'x');",
            "(1, 'it''s'), ".repeat(count)
        ),
    );
    add(
        "rows with calls",
        format!(
            "INSERT INTO t VALUES {}(1, 'x');",
            "(f(1), now()), ".repeat(count)
        ),
    );
    add(
        "inserts",
        "INSERT INTO t (a, b) VALUES (1, 'x');\n".repeat(count),
    );
    add(
        "copied rows",
        format!("COPY t FROM stdin;\n{}\\.\n", "1\tx\n".repeat(count)),
    );
    add("tables", each(|n| format!("CREATE TABLE t{n} (a int);\n")));
    add(
        "columns",
        format!("CREATE TABLE t ({}z int);", each(|n| format!("c{n} int, "))),
    );
    add(
        "added columns",
        format!(
            "ALTER TABLE t {}ADD z int;",
            each(|n| format!("ADD c{n} int, "))
        ),
    );
    add(
        "updated columns",
        format!("UPDATE t SET {}z = 1;", each(|n| format!("c{n} = {n}, "))),
    );
    add(
        "selected columns",
        format!(
            "CREATE VIEW v AS SELECT {}z FROM t;",
            each(|n| format!("c{n}, "))
        ),
    );
    add(
        "enum values",
        format!(
            "CREATE TYPE e AS ENUM ({}'z');",
            each(|n| format!("'v{n}', "))
        ),
    );
    add(
        "a long name",
        format!("SELECT {} FROM t;", "a".repeat(count)),
    );
    add(
        "a long text",
        format!("SELECT '{}' FROM t;", "a'' ".repeat(count)),
    );
    add(
        "a long body",
        format!(
            "DO $$ BEGIN {} END $$;",
            "UPDATE t SET a = 1; ".repeat(count)
        ),
    );
    add(
        "variables",
        format!(
            "DO $$ DECLARE {} BEGIN END $$;",
            each(|n| format!("v{n} int; "))
        ),
    );
    add(
        "used variables",
        format!(
            "DO $$ DECLARE {} BEGIN {} END $$;",
            each(|n| format!("v{n} int; ")),
            each(|n| format!("v{n} := v{n} + a; "))
        ),
    );
    add(
        "CTEs",
        format!(
            "WITH {}z AS (SELECT 1) SELECT 1 FROM z;",
            each(|n| format!("c{n} AS (SELECT 1), "))
        ),
    );
    add(
        "executed texts",
        format!(
            "DO $$ BEGIN {} END $$;",
            "EXECUTE 'DELETE FROM t'; ".repeat(count)
        ),
    );
    add("directives", each(|n| format!("-- requires: p{n}\n")));
    texts
}

/// Time that this thread has had on a processor, where the system tells.
fn processor_time() -> Option<u64> {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok()
}

/// The least of some runs, in nanoseconds.
fn cost(text: &str, engine: Engine) -> Option<u64> {
    let mut least = u64::MAX;
    for _ in 0..2 {
        let before = processor_time()?;
        let mut sources = Sources::default();
        let id = sources.add("a.sql", text);
        let readings = vec![read(sources.get(id), engine)];
        let (patches, _) = resolve::collect(readings, &sources, engine);
        let settings = Settings::default();
        let found = resolve::resolve(&patches, &sources, engine.dialect(), &settings);
        let _ = Graph::new(patches.len(), found.edges).order();
        least = least.min(processor_time()? - before);
    }
    Some(least)
}

/// Four times the text may take eight times as long, no more: what is quadratic takes sixteen times.
#[track_caller]
fn check_growth(engine: Engine) {
    const COUNT: usize = 400;
    const RATIO: u64 = 8;
    /// What is this fast says nothing.
    const ENOUGH: u64 = 50_000_000;
    let mut slow = Vec::new();
    for ((what, short), (_, long)) in long(COUNT).into_iter().zip(long(4 * COUNT)) {
        let Some(of_long) = cost(&long, engine) else {
            return;
        };
        if of_long < ENOUGH {
            continue;
        }
        let of_short = cost(&short, engine).unwrap_or_default().max(1);
        if of_long / of_short >= RATIO {
            slow.push(format!(
                "{what}: {} ms, then {} ms",
                of_short / 1_000_000,
                of_long / 1_000_000
            ));
        }
    }
    assert!(slow.is_empty(), "{engine:?}: {slow:#?}");
}

#[test]
#[ignore = "measures time: cargo test --test bad_input -- --ignored"]
fn time_grows_with_the_text_for_postgres() {
    check_growth(Engine::Postgres);
}

#[test]
#[ignore = "measures time: cargo test --test bad_input -- --ignored"]
fn time_grows_with_the_text_for_sqlite() {
    check_growth(Engine::Sqlite);
}

#[test]
#[ignore = "measures time: cargo test --test bad_input -- --ignored"]
fn time_grows_with_the_text_for_mysql() {
    check_growth(Engine::Mysql);
}

#[test]
#[ignore = "measures time: cargo test --test bad_input -- --ignored"]
fn time_grows_with_the_text_for_mariadb() {
    check_growth(Engine::Mariadb);
}

#[test]
#[ignore = "measures time: cargo test --test bad_input -- --ignored"]
fn time_grows_with_the_text_for_duckdb() {
    check_growth(Engine::Duckdb);
}

#[test]
#[ignore = "measures time: cargo test --test bad_input -- --ignored"]
fn time_grows_with_the_text_for_mssql() {
    check_growth(Engine::Mssql);
}
