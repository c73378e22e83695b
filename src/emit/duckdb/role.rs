//! What a statement means to the script around it: most simply run in the patch's transaction.
//! The facts are those of <https://duckdb.org/docs/stable/sql/statements/overview> and what 1.5.6 did.

use crate::dialect::Engine;
use crate::dialect::lex::{Token, TokenKind};
use crate::emit::words::{Words, significant};

/// What the script does with a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Runs.
    Work,
    /// Runs, and leaves something in the session that ends with the patch.
    Session(Ends),
    /// `ATTACH … AS name`: runs, and is undone after the commit.
    Attach(String),
    /// `DETACH name`, which DuckDB refuses in a transaction that has used the database.
    Detach(String),
    /// Opens a transaction of the patch's own.
    Begin,
    /// Ends one.
    Commit,
    /// Changes nothing that stays; left out. Says why.
    LeftOut(&'static str),
    /// Cannot be carried.
    Refused(Refusal),
}

/// How what a statement leaves in the session ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ends {
    /// The setting goes back to what it was.
    Setting(String),
    /// The variable is unset.
    Variable(String),
    /// The temporary thing is dropped: its kind and its name.
    Temporary(String, String),
}

/// Why a statement cannot be carried, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The finding's title.
    pub(super) title: String,
    /// Background, where the title does not say it all.
    pub(super) note: Option<&'static str>,
    /// What to write instead.
    pub(super) help: &'static str,
}

fn refused(title: impl Into<String>, note: Option<&'static str>, help: &'static str) -> Role {
    Role::Refused(Refusal {
        title: title.into(),
        note,
        help,
    })
}

/// Settings that the script itself stands on, or that cannot be set back.
const FIXED: &[&str] = &[
    "allowed_directories",
    "allowed_paths",
    "access_mode",
    "disabled_filesystems",
    "enable_external_access",
    "home_directory",
    "immediate_transaction_mode",
    "lock_configuration",
];

/// PRAGMAs that only show something.
const SHOWING: &[&str] = &[
    "all_profiling_output",
    "collations",
    "database_list",
    "database_size",
    "functions",
    "metadata_info",
    "platform",
    "show",
    "show_databases",
    "show_tables",
    "show_tables_expanded",
    "storage_info",
    "table_info",
    "user_agent",
    "version",
];

/// The role of a statement, given its text without what stands around it.
pub(super) fn role(text: &str) -> Role {
    let mut words = Words::first(text, Engine::Duckdb);
    if !words.is(&["PREPARE"])
        && let Some(parameter) = parameter(text)
    {
        // The shell stops in the middle of a file there, and DuckDB would not roll back.
        return refused(
            format!("`{parameter}` is a parameter, and a script has no value for it"),
            None,
            "write the value instead",
        );
    }
    if is_open_pivot(text) {
        return refused(
            "PIVOT without the values of its columns cannot be part of a patch",
            Some("DuckDB makes several statements of it, which it does not where a script runs"),
            "write IN and the values after the column",
        );
    }
    let keyword = words.text().to_ascii_uppercase();
    words.skip();
    match keyword.as_str() {
        "BEGIN" | "START" => Role::Begin,
        "COMMIT" | "END" => Role::Commit,
        "ROLLBACK" | "ABORT" => refused(
            format!("{keyword} would undo the patch"),
            None,
            "leave out what is rolled back; a patch that fails is rolled back anyway",
        ),
        "CHECKPOINT" => Role::LeftOut(CHECKPOINT),
        "FORCE" if words.is(&["CHECKPOINT"]) => Role::LeftOut(CHECKPOINT),
        "CALL" if words.text().to_ascii_uppercase().ends_with("CHECKPOINT") => {
            Role::LeftOut(CHECKPOINT)
        }
        "ATTACH" => attach(words),
        "DETACH" => {
            words.eat(&["DATABASE"]);
            words.eat_all(&["IF", "EXISTS"]);
            Role::Detach(name(&mut words))
        }
        "USE" => Role::Session(Ends::Setting("search_path".to_owned())),
        "SET" | "RESET" => setting(words),
        "PRAGMA" => pragma(words),
        "CREATE" => create(words),
        "COPY" if words.are(&["FROM", "DATABASE"]) => refused(
            "COPY FROM DATABASE cannot be part of a patch",
            Some(
                "it stands for other statements, and DuckDB does not put them in where a script runs",
            ),
            "write CREATE TABLE … AS FROM other.table for each table",
        ),
        "IMPORT" => refused(
            "IMPORT DATABASE cannot be part of a patch",
            Some("the script itself is run by it, and DuckDB does not do one inside the other"),
            "give schema.sql and load.sql of that directory as patches",
        ),
        _ => Role::Work,
    }
}

/// The first parameter in a statement.
fn parameter(text: &str) -> Option<&str> {
    let parameter =
        significant(text, Engine::Duckdb).find(|token| token.kind == TokenKind::Param)?;
    Some(parameter.text(text))
}

/// Whether a statement has `PIVOT t ON c USING …` without `IN`.
fn is_open_pivot(text: &str) -> bool {
    let tokens: Vec<Token> = significant(text, Engine::Duckdb).collect();
    let is = |place: usize, words: &[&str]| {
        let token = tokens.get(place);
        token.is_some_and(|token| token.is_any_word(text, words))
    };
    let begins = |place: usize| {
        let kind = |place: usize| tokens.get(place).map(|token| token.kind);
        let first = place == 0
            || is(place - 1, &["AS", "FROM"])
            || kind(place - 1) == Some(TokenKind::Open);
        let named = matches!(
            kind(place + 1),
            Some(TokenKind::Word | TokenKind::QuotedIdent)
        ) && !is(place + 1, &["FROM", "AS", "ON"]);
        first && (named || kind(place + 1) == Some(TokenKind::Open))
    };
    (0..tokens.len())
        .filter(|&place| is(place, &["PIVOT", "PIVOT_WIDER"]) && begins(place))
        .any(|place| {
            let Some(on) = (place..tokens.len()).find(|&at| is(at, &["ON"])) else {
                return false;
            };
            let end = (on..tokens.len()).find(|&at| is(at, &["USING", "GROUP"]));
            !(on..end.unwrap_or(tokens.len())).any(|at| is(at, &["IN"]))
        })
}

const CHECKPOINT: &str =
    "DuckDB does it by itself, and not in a transaction that has changed something";

/// Steps over a name without its qualifiers and returns it as DuckDB compares it.
fn name(words: &mut Words<'_>) -> String {
    let dialect = Engine::Duckdb.dialect();
    words
        .part()
        .map_or_else(String::new, |part| dialect.ident(part).as_str().to_owned())
}

fn attach(mut words: Words<'_>) -> Role {
    words.eat_all(&["OR", "REPLACE"]);
    words.eat(&["DATABASE"]);
    words.eat_all(&["IF", "NOT", "EXISTS"]);
    words.skip();
    if words.eat(&["AS"]) {
        let name = name(&mut words);
        if !name.is_empty() {
            return Role::Attach(name);
        }
    }
    refused(
        "ATTACH without a name",
        Some("the script detaches the database after the patch, and takes no name from a path"),
        "write AS and a name after the path",
    )
}

fn setting(mut words: Words<'_>) -> Role {
    words.eat(&["GLOBAL", "SESSION", "LOCAL"]);
    if words.eat(&["VARIABLE"]) {
        return Role::Session(Ends::Variable(words.text().to_owned()));
    }
    if words.are(&["TIME", "ZONE"]) {
        return session_setting("timezone".to_owned());
    }
    session_setting(name(&mut words))
}

fn session_setting(name: String) -> Role {
    let name = match name.as_str() {
        "schema" => "search_path".to_owned(),
        _ => name,
    };
    if FIXED.contains(&name.as_str()) {
        return refused(
            format!("the setting {name} cannot be changed by a patch"),
            Some("DuckDB does not set it back in a session, or the script needs it as it is"),
            "set it where the database is opened",
        );
    }
    Role::Session(Ends::Setting(name))
}

fn pragma(mut words: Words<'_>) -> Role {
    let name = name(&mut words);
    if words.kind() == Some(TokenKind::Operator) {
        return session_setting(name);
    }
    if name.ends_with("checkpoint") {
        return Role::LeftOut(CHECKPOINT);
    }
    if SHOWING.contains(&name.as_str()) {
        return Role::LeftOut("it only shows something");
    }
    let tunes = ["enable_", "disable_", "verify_"];
    if tunes.iter().any(|prefix| name.starts_with(prefix)) {
        return Role::LeftOut("it changes how this session works, and nothing that stays");
    }
    refused(
        format!("PRAGMA {name} cannot be part of a patch"),
        Some("it stands for other statements, and DuckDB does not put them in where a script runs"),
        "run it in a step of your own, after the script",
    )
}

fn create(mut words: Words<'_>) -> Role {
    words.eat_all(&["OR", "REPLACE"]);
    let says = words.eat(&["TEMP", "TEMPORARY"]);
    let kind = words.text().to_ascii_uppercase();
    words.skip();
    if !["TABLE", "VIEW", "MACRO", "FUNCTION", "SEQUENCE", "TYPE"].contains(&kind.as_str()) {
        return Role::Work;
    }
    // CREATE MACRO and CREATE FUNCTION are the same; a macro that gives a table is MACRO TABLE to DROP.
    let is_macro = matches!(kind.as_str(), "MACRO" | "FUNCTION");
    words.eat_all(&["IF", "NOT", "EXISTS"]);
    let mut first = words.clone();
    let in_temporary = name(&mut first) == "temp" && first.kind() == Some(TokenKind::Dot);
    let Some(name) = words.name().filter(|_| says || in_temporary) else {
        return Role::Work;
    };
    while !words.at_end() && !words.are(&["AS", "TABLE"]) {
        words.skip();
    }
    let gives_table = is_macro && !words.at_end();
    let kind = match (is_macro, gives_table) {
        (true, true) => "MACRO TABLE".to_owned(),
        (true, false) => "MACRO".to_owned(),
        _ => kind,
    };
    let name = match in_temporary {
        true => name.to_owned(),
        false => format!("temp.{name}"),
    };
    Role::Session(Ends::Temporary(kind, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(name: &str) -> Role {
        Role::Session(Ends::Setting(name.to_owned()))
    }

    fn temporary(kind: &str, name: &str) -> Role {
        Role::Session(Ends::Temporary(kind.to_owned(), name.to_owned()))
    }

    #[test]
    fn ordinary_statements_are_work() {
        for text in [
            "CREATE TABLE begin_ (x int)",
            "/* COMMIT */ SELECT 'COMMIT', $$ROLLBACK$$",
            "INSTALL json",
            "LOAD json",
            "COPY t TO 'x.csv'",
            "CREATE TABLE s.temp (x int)",
            "CREATE TABLE p AS PIVOT t ON i IN (1, 2) USING count(*)",
            "SELECT pivot FROM t JOIN u ON a = b",
            "SELECT 1 AS pivot FROM t JOIN u ON a = b",
            "SELECT * FROM t PIVOT (count(*) FOR i IN (1))",
            "VACUUM",
            "",
        ] {
            assert_eq!(role(text), Role::Work, "{text}");
        }
    }

    #[test]
    fn what_stays_in_the_session_is_told_apart() {
        assert_eq!(role("use Shop.s"), setting("search_path"));
        assert_eq!(role("SET schema = 's'"), setting("search_path"));
        assert_eq!(role("set global Threads to 2"), setting("threads"));
        assert_eq!(role("RESET memory_limit"), setting("memory_limit"));
        assert_eq!(role("PRAGMA threads=2"), setting("threads"));
        assert_eq!(role("SET TIME ZONE 'UTC'"), setting("timezone"));
        assert_eq!(
            role("SET VARIABLE \"a b\" = 1"),
            Role::Session(Ends::Variable("\"a b\"".to_owned()))
        );
        for (text, kind, name) in [
            (
                "CREATE OR REPLACE TEMP TABLE t AS SELECT 1",
                "TABLE",
                "temp.t",
            ),
            (
                "create temporary view if not exists v as from t",
                "VIEW",
                "temp.v",
            ),
            ("CREATE TABLE temp.\"T x\" (i int)", "TABLE", "temp.\"T x\""),
            ("CREATE TEMP MACRO m(a, b) AS a + b", "MACRO", "temp.m"),
            (
                "CREATE TEMP FUNCTION m() AS TABLE SELECT 1",
                "MACRO TABLE",
                "temp.m",
            ),
        ] {
            assert_eq!(role(text), temporary(kind, name), "{text}");
        }
        assert_eq!(
            role("ATTACH IF NOT EXISTS 'x.db' AS Src (READ_ONLY)"),
            Role::Attach("src".to_owned())
        );
        assert_eq!(
            role("DETACH DATABASE IF EXISTS src"),
            Role::Detach("src".to_owned())
        );
    }

    #[test]
    fn what_has_no_place_in_a_patch_is_left_out_or_refused() {
        for text in [
            "CHECKPOINT",
            "force checkpoint x",
            "PRAGMA force_checkpoint",
            "PRAGMA table_info('t')",
            "PRAGMA enable_profiling",
        ] {
            assert!(matches!(role(text), Role::LeftOut(_)), "{text}");
        }
        for text in [
            "ROLLBACK",
            "IMPORT DATABASE 'x'",
            "ATTACH 'x.db'",
            "PRAGMA create_fts_index('t', 'i', 'x')",
            "SET enable_external_access = false",
        ] {
            assert!(matches!(role(text), Role::Refused(_)), "{text}");
        }
    }
}
