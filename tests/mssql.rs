//! Scripts for SQL Server, read back: no server is at hand, so what sqlcmd and the server would make of a
//! script is done here by the manual. The script is cut at `GO`, its literals are read as T-SQL reads
//! them, and each batch must be the patch's own; the T-SQL around them is parsed where the parser can.

use sqlparser::dialect::MsSqlDialect;
use sqlparser::parser::Parser;
use sqlstitch::dialect::Engine;
use sqlstitch::dialect::lex::{TokenKind, lex};
use sqlstitch::emit::emit;
use sqlstitch::finding::Severity;
use sqlstitch::plan::{Action, Plan, PlannedPatch, Settings, Transaction};
use sqlstitch::read::read;
use sqlstitch::source::{ChecksumBuilder, Sources};

fn plan(texts: &[&str], settings: &Settings) -> (Plan, Sources) {
    let mut sources = Sources::default();
    let mut patches = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let name = format!("it's/$(x) {number}");
        let path = format!("{name}.sql");
        let source = sources.add(path.clone(), *text);
        let patch = read(sources.get(source), Engine::Mssql).patch;
        patches.push(PlannedPatch {
            formerly: vec!["old".to_owned()],
            external: vec!["ext".to_owned()],
            dependents: vec!["dep".to_owned()],
            repeatable: patch.header.repeatable.is_some(),
            no_transaction: patch.header.no_transaction.is_some(),
            ..PlannedPatch::new(name, path, patch.checksum, source, patch.statements)
        });
    }
    let plan = Plan {
        engine: Engine::Mssql,
        settings: settings.clone(),
        bundle: ChecksumBuilder::default().finish(),
        patches,
    };
    (plan, sources)
}

/// The batches of a script, as sqlcmd sends them: it looks at lines and knows nothing of literals.
fn sent(script: &str) -> Vec<String> {
    let mut batches = vec![String::new()];
    assert!(!script.contains("$("), "sqlcmd would put in a variable");
    for line in script.split_inclusive('\n') {
        let first = line.split_whitespace().next().unwrap_or_default();
        let command = first.to_ascii_lowercase();
        assert!(
            !command.starts_with(':')
                && !command.starts_with("!!")
                && !["exit", "quit", "reset", "ed", "list"].contains(&command.as_str()),
            "sqlcmd would take this for its own: {line}"
        );
        match command == "go" {
            true => batches.push(String::new()),
            false => batches.last_mut().expect("there is one").push_str(line),
        }
    }
    batches
}

/// What the literals appended to `@sqlstitch` in a batch are together.
fn carried(batch: &str) -> Option<String> {
    let tokens = lex(batch, &Engine::Mssql.dialect().lexing);
    let words: Vec<(TokenKind, &str)> = tokens
        .iter()
        .filter(|token| !token.is_trivia())
        .map(|token| (token.kind, token.text(batch)))
        .collect();
    let mut text = None;
    for window in words.windows(3) {
        if let [(_, "@sqlstitch"), (_, "+="), (TokenKind::String, literal)] = window {
            let inner = &literal[2..literal.len() - 1];
            // A backslash at the end of a line goes, with the line end.
            let inner = inner.replace("\\\r\n", "").replace("\\\n", "");
            text.get_or_insert_with(String::new)
                .push_str(&inner.replace("''", "'"));
        }
    }
    text
}

/// The batches of a patch as a person would cut them.
fn batches(text: &str) -> Vec<String> {
    let mut batches = vec![String::new()];
    for line in text.split_inclusive('\n') {
        let mut words = line.split_whitespace();
        if words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("go"))
        {
            batches.push(String::new());
        } else {
            batches.last_mut().expect("there is one").push_str(line);
        }
    }
    batches.retain(|batch| !batch.trim().is_empty());
    batches
        .iter()
        .map(|batch| batch.trim().to_owned())
        .collect()
}

const BODIES: &[&str] = &[
    "CREATE TABLE dbo.t (a int, b nvarchar(20));\nINSERT INTO dbo.t VALUES (1, N'it''s; \"x\" [y] \\ $1 %s {{bundle}} ü😀');",
    "CREATE TABLE dbo.a (x int)\nGO\nCREATE VIEW dbo.v AS SELECT x FROM dbo.a\nGO\n-- a procedure\nCREATE OR ALTER PROCEDURE dbo.p AS BEGIN\n  BEGIN TRANSACTION; ROLLBACK;\nEND\nGO\n",
    "INSERT INTO dbo.t VALUES (N'$(var) $$(x)\\\nnext\\\r\nline');\n-- C:\\\nSELECT 1;\r\n",
    "SELECT N'\n  exit now\n:r x\n!!dir\nlisting\nquit\n';\r\nSELECT 2",
    "INSERT INTO dbo.t (a) VALUES (1);\nGO 3\nINSERT INTO dbo.t (a) VALUES (2);\ngo -- done\n",
    "SELECT 1 /* a comment\n  GOTO no\n*/",
    "SET ANSI_NULLS ON\nGO\nSET QUOTED_IDENTIFIER OFF\nGO\nCREATE PROCEDURE dbo.q AS SELECT \"x\"\nGO\n",
    "SET IDENTITY_INSERT [dbo].[t] ON\nGO\nINSERT INTO dbo.t (a) VALUES (1)\nGO\nSET IDENTITY_INSERT [dbo].[t] OFF\nGO\n",
    "CREATE FULLTEXT CATALOG c;\nGO\nCREATE TABLE dbo.f (i int);\nGO\n",
    "UPDATE dbo.t SET language = N'x', rowcount = 1;",
];

#[test]
fn every_batch_comes_back_as_it_was() {
    for transaction in [Transaction::Patch, Transaction::Single] {
        let settings = Settings {
            transaction,
            ..Settings::default()
        };
        for body in BODIES {
            let (plan, sources) = plan(&[body, "SELECT 1;"], &settings);
            let emitted = emit(&plan, &sources);
            if transaction == Transaction::Single && body.contains("FULLTEXT") {
                assert_eq!(emitted.script, None);
                continue;
            }
            let script = emitted.script.map(|script| script.to_string());
            let script = script.unwrap_or_else(|| panic!("{body}: {:#?}", emitted.findings));
            let carried: Vec<String> = sent(&script)
                .iter()
                .filter_map(|batch| carried(batch))
                .collect();
            let mut expected = batches(body);
            expected.push("SELECT 1;".to_owned());
            assert_eq!(carried, expected, "{script}");
        }
    }
}

#[test]
fn the_script_around_the_patches_is_t_sql() {
    let (mut parsed, mut all) = (0, 0);
    for action in [Action::Apply, Action::Baseline, Action::Revert] {
        let settings = Settings {
            action,
            ..Settings::default()
        };
        let (plan, sources) = plan(
            &[
                "SELECT 1;",
                "CREATE TABLE dbo.t (a int)\nGO\nSELECT 2\nGO 2",
            ],
            &settings,
        );
        let script = emit(&plan, &sources)
            .script
            .map(|script| script.to_string());
        for batch in sent(&script.expect("it can be carried")) {
            let tokens = lex(&batch, &Engine::Mssql.dialect().lexing);
            assert!(tokens.iter().all(|token| !token.open), "{batch}");
            let mut depth = 0;
            for token in &tokens {
                depth += match token.kind {
                    TokenKind::Open => 1,
                    TokenKind::Close => -1,
                    _ => 0,
                };
                assert!(depth >= 0, "{batch}");
            }
            assert_eq!(depth, 0, "{batch}");
            all += 1;
            parsed += usize::from(Parser::parse_sql(&MsSqlDialect {}, &batch).is_ok());
        }
    }
    // What it has no grammar for (TRY, THROW, SET of several options) it cannot judge.
    assert!(parsed * 4 > all, "{parsed} of {all}");
}

#[test]
fn what_cannot_be_carried_is_named() {
    for (body, title) in [
        ("USE other\nGO\nSELECT 1\n", "USE cannot be part of a patch"),
        (":r other.sql\n", "`:r` is a command of sqlcmd"),
        (
            ":setvar x 1\nSELECT 1\n",
            "`:setvar` is a command of sqlcmd",
        ),
        ("!!dir\n", "`!!dir` is a command of sqlcmd"),
        ("SELECT 1; ROLLBACK;", "ROLLBACK would undo"),
        ("BEGIN TRAN\nGO\nSELECT 1\nGO\n", "begun and not committed"),
        (
            "SELECT 1\nGO\nCOMMIT\nGO\n",
            "COMMIT without a BEGIN TRANSACTION",
        ),
        (
            "BEGIN TRAN; SELECT 1\nGO\nSELECT 2; COMMIT\n",
            "does not begin and end in one batch",
        ),
        (
            "CREATE TABLE #t (i int)\nGO\nINSERT INTO #t VALUES (1)\n",
            "the temporary table #t is gone",
        ),
        ("SET NOEXEC ON", "SET NOEXEC cannot be part of a patch"),
        (
            "SELECT 1\nGO 99999999999\n",
            "GO with a count that is too large",
        ),
    ] {
        let (plan, sources) = plan(&[body], &Settings::default());
        let emitted = emit(&plan, &sources);
        let finding = emitted
            .findings
            .iter()
            .find(|finding| finding.severity == Severity::Error);
        let finding = finding.unwrap_or_else(|| panic!("not refused: {body}"));
        assert!(finding.title.contains(title), "{body}: {finding:#?}");
        assert!(
            !finding.helps.is_empty() && !finding.labels.is_empty(),
            "{finding:#?}"
        );
        assert_eq!(emitted.script, None);
    }
    for body in [
        "BEGIN TRAN\nGO\nSELECT 1\nGO\nCOMMIT TRANSACTION;\nGO\n",
        "BEGIN TRANSACTION; SELECT 1; COMMIT;",
        "SELECT 1 AS [use], 2 AS [rollback]",
        ":on error exit\nSELECT 1\n",
    ] {
        let (plan, sources) = plan(&[body], &Settings::default());
        assert!(emit(&plan, &sources).script.is_some(), "{body}");
    }
}
