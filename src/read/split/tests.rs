//! Every dialect's pieces: what ends a statement and what does not.

use proptest::prelude::*;

use super::{Split, split};
use crate::dialect::Engine;
use crate::dialect::lex::{Token, TokenKind, Tokens};
use crate::read::statement::{Statement, StatementKind};
use crate::source::{Source, Sources};

fn with<T>(engine: Engine, text: &str, look: impl FnOnce(&Source, &Split) -> T) -> T {
    let mut sources = Sources::default();
    let id = sources.add("a.sql", text);
    let source = sources.get(id);
    let result = split(source, engine.dialect());
    assert_tiles(source, &result);
    look(source, &result)
}

fn assert_tiles(source: &Source, split: &Split) {
    let mut at = 0;
    for token in &split.tokens {
        assert_eq!(token.start, at);
        assert!(token.end > token.start);
        at = token.end;
    }
    assert_eq!(at as usize, source.text.len());
    let mut joined = String::new();
    let mut count = 0;
    for piece in split.pieces() {
        let Statement { span, body, .. } = *piece.statement;
        assert_eq!(span.start as usize, joined.len());
        assert!(span.end > span.start);
        assert!(span.start <= body.start && body.end <= span.end);
        joined.push_str(source.slice(span));
        count += piece.tokens.count();
        let ends = |tokens: Tokens<'_>| {
            let (start, end) = (tokens.clone().next()?.start, tokens.last()?.end);
            Some((start, end))
        };
        assert_eq!(ends(piece.tokens), Some((span.start, span.end)));
        if piece.statement.kind == StatementKind::CopyData || body.start == body.end {
            assert!(piece.body.is_empty());
        } else {
            assert_eq!(ends(piece.body), Some((body.start, body.end)));
        }
        assert!(
            piece
                .before
                .into_iter()
                .all(|token| token.is_trivia() || body.start == body.end)
        );
    }
    assert_eq!(count, split.tokens.iter().count());
    assert_eq!(joined, *source.text);
}

/// A line per piece: its kind, its body, and `…` where its terminator is missing.
fn show(engine: Engine, text: &str) -> String {
    with(engine, text, |source, split| {
        let lines: Vec<_> = split
            .statements
            .iter()
            .map(|statement| {
                let kind = match statement.kind {
                    StatementKind::Sql => "sql",
                    StatementKind::ClientCommand => "client",
                    StatementKind::CopyData => "data",
                    StatementKind::BatchSeparator => "go",
                    StatementKind::Trivia => "trivia",
                };
                let open = if statement.terminated { "" } else { " …" };
                format!("{kind} {:?}{open}", source.slice(statement.body))
            })
            .collect();
        lines.join("\n")
    })
}

#[track_caller]
fn check(engine: Engine, text: &str, expected: &[&str]) {
    assert_eq!(show(engine, text), expected.join("\n"));
}

#[track_caller]
fn postgres(text: &str, expected: &[&str]) {
    check(Engine::Postgres, text, expected);
}

#[track_caller]
fn finding(engine: Engine, text: &str, expected: &[&str]) {
    let found = with(engine, text, |source, split| {
        let shown = split.findings.iter().map(|finding| {
            let opening = source.slice(finding.labels[0].span);
            format!("{opening} | {} | {}", finding.title, finding.helps[0])
        });
        shown.collect::<Vec<_>>()
    });
    assert_eq!(found, expected);
}

#[test]
fn every_engine_splits_at_semicolons_and_keeps_what_is_between() {
    for engine in Engine::ALL {
        if engine == Engine::Mssql {
            continue;
        }
        check(
            engine,
            "-- c\nSELECT 1; /* d */ SELECT ';' -- e;\n; ;\nSELECT 2 -- f\n",
            &[
                "sql \"SELECT 1\"",
                "sql \"SELECT ';'\"",
                "trivia \"\"",
                "sql \"SELECT 2\" …",
                "trivia \"\" …",
            ],
        );
        check(engine, "", &[]);
        check(engine, " -- x", &["trivia \"\" …"]);
    }
}

#[test]
fn postgres_keeps_quotes_and_parentheses_together() {
    postgres(
        "DO $é$ BEGIN; END; $é$; CREATE RULE r AS ON DELETE TO t DO ALSO (DELETE FROM a; DELETE FROM b); SELECT E'\\';';",
        &[
            "sql \"DO $é$ BEGIN; END; $é$\"",
            "sql \"CREATE RULE r AS ON DELETE TO t DO ALSO (DELETE FROM a; DELETE FROM b)\"",
            "sql \"SELECT E'\\\\';'\"",
        ],
    );
}

#[test]
fn postgres_routines_with_bodies_of_statements() {
    postgres(
        "CREATE FUNCTION f() RETURNS bool BEGIN ATOMIC ;;RETURN CASE WHEN a THEN false END;; END; BEGIN; SELECT 1; END;",
        &[
            "sql \"CREATE FUNCTION f() RETURNS bool BEGIN ATOMIC ;;RETURN CASE WHEN a THEN false END;; END\"",
            "sql \"BEGIN\"",
            "sql \"SELECT 1\"",
            "sql \"END\"",
        ],
    );
    postgres(
        "create or replace procedure p(\"begin\" int) begin atomic insert into t values (1); end; select 1",
        &[
            "sql \"create or replace procedure p(\\\"begin\\\" int) begin atomic insert into t values (1); end\"",
            "sql \"select 1\" …",
        ],
    );
    // Only the statement's first words make BEGIN a block.
    postgres(
        "ALTER FUNCTION f() SET begin = 1; SELECT 1;",
        &[
            "sql \"ALTER FUNCTION f() SET begin = 1\"",
            "sql \"SELECT 1\"",
        ],
    );
}

#[test]
fn psql_commands_are_lines() {
    postgres(
        "\\set x 'it''s'\n\\echo don't; \\quit\nSELECT :'x'\\gset\nSELECT 1 \\; SELECT 2 \\gx\n\\echo a \\\\ SELECT 3; \\! sed 's/\\\\/x/'\nSELECT 4;",
        &[
            "client \"\\\\set x 'it''s'\"",
            "client \"\\\\echo don't; \\\\quit\"",
            "sql \"SELECT :'x'\" …",
            "client \"\\\\gset\"",
            "sql \"SELECT 1\"",
            "sql \"SELECT 2\" …",
            "client \"\\\\gx\"",
            "client \"\\\\echo a \\\\\\\\\"",
            "sql \"SELECT 3\"",
            "client \"\\\\! sed 's/\\\\\\\\/x/'\"",
            "sql \"SELECT 4\"",
        ],
    );
    // A command in the middle sends nothing: what is open stays open.
    postgres(
        "SELECT (1\n\\if :a\n; 2);\n\\endif",
        &[
            "sql \"SELECT (1\" …",
            "client \"\\\\if :a\"",
            "sql \"; 2)\"",
            "client \"\\\\endif\" …",
        ],
    );
}

#[test]
fn a_command_in_the_middle_starts_no_statement() {
    postgres(
        "or \\echo a \\\\ COPY t FROM stdin;\n\\.\nCOPY t \\echo\nFROM stdin \\g\n1\n\\.\nCOPY t FROM stdin \\r\n\\.\n",
        &[
            "sql \"or\" …",
            "client \"\\\\echo a \\\\\\\\\"",
            "sql \"COPY t FROM stdin\"",
            "client \"\\\\.\"",
            "sql \"COPY t\" …",
            "client \"\\\\echo\"",
            "sql \"FROM stdin\" …",
            "client \"\\\\g\"",
            "data \"1\\n\"",
            "sql \"COPY t FROM stdin\" …",
            "client \"\\\\r\"",
            "client \"\\\\.\"",
        ],
    );
}

#[test]
fn copy_data_reaches_up_to_its_end_line() {
    postgres(
        "COPY public.t (a) FROM stdin; -- it\r\nit's;\r\n$$\r\n\\.\r\nSELECT 1;",
        &[
            "sql \"COPY public.t (a) FROM stdin\"",
            "data \"it's;\\r\\n$$\\r\\n\"",
            "sql \"SELECT 1\"",
        ],
    );
    postgres(
        "\\copy t from stdin csv\na\\.b\n\\.\nCOPY t FROM STDIN (FORMAT csv);\n\\.\n",
        &[
            "client \"\\\\copy t from stdin csv\"",
            "data \"a\\\\.b\\n\"",
            "sql \"COPY t FROM STDIN (FORMAT csv)\"",
            "data \"\"",
        ],
    );
    postgres(
        "COPY a FROM stdin; COPY b FROM stdin;\n1\n\\.\n2\n\\.",
        &[
            "sql \"COPY a FROM stdin\"",
            "sql \"COPY b FROM stdin\"",
            "data \"1\\n\"",
            "data \"2\\n\"",
        ],
    );
    // No end line, no data: the server would refuse the statement, or there is none.
    postgres(
        "COPY a FROM stdin;\nSELECT 1;\nCOPY (SELECT 1 FROM stdin) TO 'x';\n\\.x",
        &[
            "sql \"COPY a FROM stdin\"",
            "sql \"SELECT 1\"",
            "sql \"COPY (SELECT 1 FROM stdin) TO 'x'\"",
            "client \"\\\\.x\" …",
        ],
    );
}

#[test]
fn sqlite_triggers_end_at_their_own_end() {
    check(
        Engine::Sqlite,
        "CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM u; END; SELECT 1; EXPLAIN QUERY PLAN CREATE TRIGGER r BEGIN SELECT 1; END",
        &[
            "sql \"CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM u; END\"",
            "sql \"SELECT 1\"",
            "sql \"EXPLAIN QUERY PLAN CREATE TRIGGER r BEGIN SELECT 1; END\" …",
        ],
    );
}

#[test]
fn sqlite_shell_commands_stand_at_the_start_of_a_line() {
    check(
        Engine::Sqlite,
        "#!sqlite3\n.print don't\n-- c\n.mode box\nSELECT 1\n.5;\n .x;",
        &[
            "client \".print don't\"",
            "client \".mode box\"",
            "sql \"SELECT 1\\n.5\"",
            "sql \".x\"",
        ],
    );
}

#[test]
fn mysql_delimiters_and_version_comments() {
    check(
        Engine::Mysql,
        "/*!40101 SET x = 1 */;\nDELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT ';$$'; END$$\ndelimiter ;\nUSE db\nSELECT 1\\G\nSELECT 2//2;source x.sql\nsource x.sql\n",
        &[
            "sql \"/*!40101 SET x = 1 */\"",
            "client \"DELIMITER $$\"",
            "sql \"CREATE PROCEDURE p() BEGIN SELECT ';$$'; END\"",
            "client \"delimiter ;\"",
            "sql \"USE db\"",
            "sql \"SELECT 1\"",
            "sql \"SELECT 2//2\"",
            "sql \"source x.sql\\nsource x.sql\" …",
            "trivia \"\" …",
        ],
    );
    check(
        Engine::Mariadb,
        "DELIMITER ;;\n/*!50003 CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET a = 1; */;;\nDELIMITER ;\n",
        &[
            "client \"DELIMITER ;;\"",
            "sql \"/*!50003 CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET a = 1; */\"",
            "client \"DELIMITER ;\"",
        ],
    );
}

#[test]
fn mysql_comments_before_a_statement_need_no_blank() {
    check(
        Engine::Mysql,
        "--it's\n  --- ;\nSELECT 1\n--1;--x;\n",
        &["sql \"SELECT 1\\n--1\"", "sql \"--x\"", "trivia \"\" …"],
    );
}

#[test]
fn mysql_bodies_without_a_delimiter() {
    check(
        Engine::Mariadb,
        "CREATE DEFINER=`a`@`b` PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF; CASE a WHEN 1 THEN SELECT CASE 1 WHEN 1 THEN 2 END; END CASE; WHILE a DO BEGIN END; END WHILE; END; SELECT 1; BEGIN NOT ATOMIC SELECT 1; END; BEGIN; COMMIT; CREATE TABLE event (begin int); SELECT 2;",
        &[
            "sql \"CREATE DEFINER=`a`@`b` PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF; CASE a WHEN 1 THEN SELECT CASE 1 WHEN 1 THEN 2 END; END CASE; WHILE a DO BEGIN END; END WHILE; END\"",
            "sql \"SELECT 1\"",
            "sql \"BEGIN NOT ATOMIC SELECT 1; END\"",
            "sql \"BEGIN\"",
            "sql \"COMMIT\"",
            "sql \"CREATE TABLE event (begin int)\"",
            "sql \"SELECT 2\"",
        ],
    );
}

#[test]
fn sql_server_batches() {
    check(
        Engine::Mssql,
        ":setvar x \"y\nCREATE TABLE [a;b] (go int)\nINSERT t VALUES ('\nGO\n'); SELECT 1\nGO 5 -- five\ngo\nSELECT /*\nGO\n*/ GO\nGOTO x\n  Go",
        &[
            "client \":setvar x \\\"y\"",
            "sql \"CREATE TABLE [a;b] (go int)\\nINSERT t VALUES ('\\nGO\\n'); SELECT 1\" …",
            "go \"GO 5\"",
            "go \"go\"",
            "sql \"SELECT /*\\nGO\\n*/ GO\\nGOTO x\" …",
            "go \"Go\" …",
        ],
    );
}

#[test]
fn settings_change_what_quotes_mean() {
    postgres(
        "SET standard_conforming_strings = off; SELECT '\\'; x'; RESET ALL; SELECT '\\'; SELECT 1;",
        &[
            "sql \"SET standard_conforming_strings = off\"",
            "sql \"SELECT '\\\\'; x'\"",
            "sql \"RESET ALL\"",
            "sql \"SELECT '\\\\'\"",
            "sql \"SELECT 1\"",
        ],
    );
    let mode = "SET @OLD=@@sql_mode, SQL_MODE='ANSI_QUOTES,NO_BACKSLASH_ESCAPES'";
    let kinds = |text: &str| {
        let text = format!("/*!40101 {mode} */; {text}");
        with(Engine::Mysql, &text, |source, split| {
            let all: Vec<Token> = split.tokens.iter().collect();
            let tokens = all[all.len() - 3..].iter();
            let shown =
                tokens.map(|token| format!("{:?} {}", token.kind, token.text(&source.text)));
            shown.collect::<Vec<_>>().join(", ")
        })
    };
    assert_eq!(kinds(r"1 '\';"), r"Space  , String '\', Semicolon ;");
    assert_eq!(
        kinds(r#"1 "\";"#),
        r#"Space  , QuotedIdent "\", Semicolon ;"#
    );
    assert_eq!(
        kinds(r#"SET sql_mode=@OLD; 1 "\";";"#),
        r#"Space  , String "\";", Semicolon ;"#
    );
    let strings = |text: &str| {
        with(Engine::Mssql, text, |_, split| {
            let strings = split.tokens.iter();
            strings
                .filter(|token| token.kind == TokenKind::String)
                .count()
        })
    };
    assert_eq!(strings("SET QUOTED_IDENTIFIER OFF\nGO\nSELECT \"a\""), 1);
    assert_eq!(strings("SET QUOTED_IDENTIFIER ON\nGO\nSELECT \"a\""), 0);
}

#[test]
fn what_has_no_end_is_told_with_its_opening() {
    let file = "so it runs to the end of the file";
    let cases = [
        (Engine::Postgres, "SELECT 'a", "'", "string", "'"),
        (Engine::Postgres, "SELECT E'a", "E'", "string", "'"),
        (
            Engine::Postgres,
            "SELECT \"a",
            "\"",
            "quoted identifier",
            "\"",
        ),
        (
            Engine::Postgres,
            "DO $a$ x; $b$",
            "$a$",
            "dollar quote",
            "$a$",
        ),
        (Engine::Postgres, "/* /* */ x", "/*", "comment", "*/"),
        (
            Engine::Mysql,
            "/*!40101 a",
            "/*!40101",
            "version comment",
            "*/",
        ),
        (Engine::Mssql, "SELECT [a", "[", "quoted identifier", "]"),
    ];
    for (engine, text, opening, what, close) in cases {
        let expected = format!(
            "{opening} | this {what} has no end, {file} | close it with `{close}` where it should end"
        );
        finding(engine, text, &[&expected]);
    }
    finding(
        Engine::Mysql,
        "SELECT `a",
        &[&format!(
            "` | this quoted identifier has no end, {file} | close it with another backtick where it should end"
        )],
    );
    finding(
        Engine::Postgres,
        "CREATE TABLE t (a int;\nSELECT f(1);",
        &[
            "( | this parenthesis has no end, so its statement runs to the end of the file | close it with `)` where it should end",
        ],
    );
    finding(
        Engine::Postgres,
        "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; SELECT 2;",
        &[
            "BEGIN | this block has no end, so its statement runs to the end of the file | close it with `END;` where it should end",
        ],
    );
    finding(
        Engine::Sqlite,
        "CREATE TRIGGER r BEGIN SELECT 1; SELECT 2;",
        &[
            "TRIGGER | this trigger's body has no end, so its statement runs to the end of the file | close it with `END;` where it should end",
        ],
    );
    for (engine, fine) in [
        (Engine::Sqlite, "SELECT 1 /* x"),
        (Engine::Sqlite, "CREATE TRIGGER r BEGIN SELECT 1; END"),
        (Engine::Postgres, "SELECT (1"),
        (Engine::Mariadb, "CREATE TRIGGER r BEGIN SELECT 1; END"),
    ] {
        finding(engine, fine, &[]);
    }
}

/// Texts made of what matters to a splitter.
fn script() -> impl Strategy<Value = String> {
    let words = [
        "CREATE ",
        "OR ",
        "REPLACE ",
        "FUNCTION ",
        "TRIGGER ",
        "TEMP ",
        "BEGIN ",
        "END",
        "CASE ",
        "ATOMIC ",
        "NOT ",
        "COPY ",
        "FROM ",
        "stdin",
        "\\.",
        "\\.\n",
        "\\copy ",
        "\\g",
        "\\;",
        "\\\\",
        "\\if",
        ";",
        ";;",
        "(",
        ")",
        "\n",
        "\r\n",
        "\r",
        "GO",
        "GO 2",
        "\n.mode",
        "#",
        "DELIMITER ",
        "delimiter //\n",
        "//",
        "$$",
        "$a$",
        "'",
        "\"",
        "--",
        "/*",
        "*/",
        "/*!1 ",
        "USE ",
        "source ",
        ":setvar ",
        "!!",
        " ",
        "x",
        "\u{A0}",
        "é",
        "`",
        "[",
        "]",
    ];
    let piece = prop_oneof![
        8 => prop::sample::select(words.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn pieces_tile_any_text_in_every_dialect(text in script()) {
        for engine in Engine::ALL {
            with(engine, &text, |_, _| ());
        }
    }
}

#[test]
fn hostile_scripts_take_linear_time() {
    for part in [
        "COPY t FROM stdin;\n",
        "COPY t FROM stdin;\n\\.\n",
        "\\copy t from stdin\n",
        "\\a \\\\",
        "GO\n",
        "GO 1 x\n",
        "\n.a",
        "\n#",
        "DELIMITER //\n",
        "source x",
        "(;",
        ";",
        "\\.",
        "CREATE FUNCTION BEGIN;",
        "CREATE TRIGGER;END",
        "USE a\n",
        "\\",
        "/*!1 ",
    ] {
        let text = part.repeat(1 << 13);
        for engine in Engine::ALL {
            with(engine, &text, |_, _| ());
        }
    }
}
