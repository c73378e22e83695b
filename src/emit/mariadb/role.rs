//! What a statement means to the script: how it is carried, with which text.

use super::facts::{self, Way};
use super::probe::{Doubt, Probe, doubt};
use super::reading::Name;
use super::server::Server;
use crate::dialect::lex::{Token, TokenKind};
use crate::emit::words::Words;

/// How a statement is carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// As this says.
    Carried(Carried),
    /// Not at all.
    Refused(Refusal),
}

/// A statement that is carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Carried {
    /// How.
    pub(super) way: Way,
    /// Its text, where it is not the statement's own.
    pub(super) text: Option<String>,
    /// What tells whether it has taken effect.
    pub(super) probe: Option<Probe>,
    /// What it leaves in the session alone: temporary tables and user variables, in lower case.
    pub(super) leaves: Vec<String>,
    /// The temporary table that it makes, as it is written.
    pub(super) temporary: Option<String>,
}

impl Carried {
    fn new(way: Way) -> Self {
        Self {
            way,
            text: None,
            probe: None,
            leaves: Vec::new(),
            temporary: None,
        }
    }
}

/// Why a statement cannot be carried, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What the patch cannot do.
    pub(super) why: String,
    /// What to write instead.
    pub(super) help: String,
}

fn refused(why: impl Into<String>, help: impl Into<String>) -> Role {
    Role::Refused(Refusal {
        why: why.into(),
        help: help.into(),
    })
}

/// The role of a statement.
pub(super) fn role(text: &str, words: Words<'_>, server: &Server) -> Role {
    if let Some(refusal) = no_token(text, &words, server) {
        return refusal;
    }
    // `SET STATEMENT … FOR` is the statement behind it.
    let mut inner = words.clone();
    if inner.eat_all(&["SET", "STATEMENT"]) {
        while !inner.at_end() && !inner.eat(&["FOR"]) {
            inner.skip();
        }
        return if inner.is(&["SET", "USE", "LOCK", "UNLOCK", "PREPARE", "EXECUTE"]) {
            refused(
                "use SET STATEMENT with this statement",
                "write SET on a line of its own: it goes back after the patch",
            )
        } else {
            of_words(text, inner, server)
        };
    }
    of_words(text, words, server)
}

/// What may stand nowhere outside quotes.
fn no_token(text: &str, words: &Words<'_>, server: &Server) -> Option<Role> {
    for token in words.tokens() {
        let word = token.text(text);
        match token.kind {
            TokenKind::Backslash => {
                let command: String = text[token.start as usize..].chars().take(2).collect();
                return Some(refused(
                    format!("use `{command}`, a command of the {} client", server.client),
                    "write the SQL that it stands for, or leave it out",
                ));
            }
            TokenKind::Param => {
                let name = word.trim_start_matches('@').trim_start_matches('`');
                if word.starts_with('@') && name.to_ascii_lowercase().starts_with("sqlstitch_") {
                    return Some(refused(
                        format!("use {word}: variables with this prefix are the script's own"),
                        "give the variable another name",
                    ));
                }
                if word.starts_with('?') {
                    return Some(refused(
                        "hold a parameter: a script has no value for it",
                        "write the value instead",
                    ));
                }
            }
            _ => {}
        }
    }
    None
}

fn of_words(text: &str, words: Words<'_>, server: &Server) -> Role {
    let is = |row: &[&str]| words.are(row);
    if words.at_end() {
        // A version comment that no such server runs.
        return Role::Carried(Carried::new(Way::Nothing));
    }
    if is(&["ROLLBACK"]) && words.has(&["TO"]) {
        return Role::Carried(Carried::new(Way::Transaction));
    }
    if is(&["DROP", "PREPARE"]) || is(&["PREPARE"]) || is(&["DEALLOCATE"]) {
        return in_block(text, Way::Session, server);
    }
    for (row, why, help) in server.refused.iter().chain(facts::REFUSED) {
        if is(row) {
            return refused(*why, *help);
        }
    }
    if is(&["FLUSH"]) && words.has(&["LOCK", "EXPORT"]) {
        return refused(
            "lock all tables, the ledger among them",
            "write LOCK TABLES with the tables' names",
        );
    }
    if is(&["BEGIN"]) && !is(&["BEGIN", "NOT"]) || is(&["START", "TRANSACTION"]) {
        return begin(&words);
    }
    if is(&["COMMIT"]) {
        return if words.has(&["CHAIN", "RELEASE"]) && !words.has(&["NO"]) {
            refused("use COMMIT with CHAIN or RELEASE", "write COMMIT")
        } else {
            Role::Carried(Carried::new(Way::Commit))
        };
    }
    if let Some(doubt) = doubt(&words) {
        return ddl(&words, doubt);
    }
    let way = facts::BY_FIRST_WORDS
        .iter()
        .filter(|(row, _)| is(row))
        .max_by_key(|(row, _)| row.len())
        .map_or(Way::Ask, |(_, way)| *way);
    let asks = words
        .tokens()
        .iter()
        .find(|token| token.is_any_word(text, facts::OF_THE_STATEMENT_BEFORE));
    if let Some(token) = asks
        && !is(&["BEGIN", "NOT"])
    {
        return refused(
            format!(
                "ask for {}() of the statement before it",
                token.text(text).to_ascii_uppercase()
            ),
            format!("write both statements into {}", server.together),
        );
    }
    match way {
        Way::Session if is(&["SET"]) => set(text, words),
        Way::Lock => lock(text, words),
        Way::MayCommit if is(&["EXECUTE"]) => in_block(text, way, server),
        way => Role::Carried(Carried::new(way)),
    }
}

fn in_block(text: &str, way: Way, server: &Server) -> Role {
    debug_assert!(facts::NOT_PREPARED.iter().all(|row| !row.is_empty()));
    let mut carried = Carried::new(way);
    carried.text = server
        .has_blocks
        .then(|| format!("BEGIN NOT ATOMIC {text}; END"));
    Role::Carried(carried)
}

fn begin(words: &Words<'_>) -> Role {
    let mut words = words.clone();
    words.skip();
    words.eat(&["TRANSACTION", "WORK"]);
    if words.has(&["ONLY"]) {
        return refused(
            "begin a transaction that only reads",
            "write START TRANSACTION without options, or leave it out",
        );
    }
    Role::Carried(Carried::new(Way::Nothing))
}

fn ddl(words: &Words<'_>, doubt: Doubt) -> Role {
    let mut words = words.clone();
    let create = words.eat(&["CREATE"]);
    words.eat_all(&["OR", "REPLACE"]);
    if create && words.eat(&["TEMPORARY"]) {
        words.skip();
        words.eat_all(&["IF", "NOT", "EXISTS"]);
        let mut carried = Carried::new(Way::Transaction);
        if let Some(name) = Name::read(&mut words) {
            carried.leaves.push(name.name.to_ascii_lowercase());
            let quoted = |name: String| format!("`{}`", name.replace('`', "``"));
            let database = name.database.map(|name| quoted(name) + ".");
            carried.temporary = Some(database.unwrap_or_default() + &quoted(name.name));
        }
        return Role::Carried(carried);
    }
    if !create && words.eat(&["DROP"]) && words.eat(&["TEMPORARY"]) {
        return Role::Carried(Carried::new(Way::Transaction));
    }
    let mut carried = Carried::new(match doubt {
        Doubt::Again => Way::Again,
        Doubt::Probe(_) => Way::Probe,
        Doubt::Unknown => Way::Ask,
    });
    if let Doubt::Probe(probe) = doubt {
        carried.probe = Some(probe);
    }
    Role::Carried(carried)
}

/// `LOCK TABLES`: the ledger is locked along, or it could not be written until they are unlocked.
fn lock(text: &str, mut words: Words<'_>) -> Role {
    words.skip();
    if !words.eat(&["TABLE", "TABLES"]) {
        return Role::Carried(Carried::new(Way::Ask));
    }
    let at = words.offset_behind();
    let mut carried = Carried::new(Way::Lock);
    carried.text = Some(format!("{} $-ledger WRITE,{}", &text[..at], &text[at..]));
    Role::Carried(carried)
}

/// `SET a = …, b = …`. Autocommit is the script's own affair: an assignment of it is left out, and
/// where it is the whole statement it ends the transaction.
fn set(text: &str, mut words: Words<'_>) -> Role {
    words.skip();
    let mut carried = Carried::new(Way::Session);
    let mut scoped = words.clone();
    if scoped.eat(&["SESSION", "LOCAL", "GLOBAL"]) && scoped.is(&["TRANSACTION"]) {
        return Role::Carried(carried);
    }
    let is_outside = |token: &Token| {
        let word = token.text(text).to_ascii_lowercase();
        let last = word.rsplit(['@', '.']).next().unwrap_or_default();
        facts::OUTSIDE.contains(&last.trim_matches('`'))
    };
    if words.tokens().iter().any(is_outside) {
        carried.way = Way::Outside;
    }
    let first = words.offset();
    let (mut kept, mut cut) = (Vec::new(), 0);
    let end = loop {
        let start = words.clone();
        words.skip_item();
        let item = start.before(&words);
        let end = words.offset_behind();
        if assigns_autocommit(&item) {
            cut += 1;
        } else {
            if let Some(name) = user_variable(&item)
                && !is_constant(&item)
            {
                carried.leaves.push(name);
            }
            // Nothing between two commas is the server's to refuse.
            kept.push(text.get(start.offset()..end).unwrap_or_default());
        }
        if !words.eat_kind(TokenKind::Comma) {
            break end;
        }
    };
    if cut == 0 {
        return Role::Carried(carried);
    }
    if kept.is_empty() {
        carried.way = Way::Commit;
        return Role::Carried(carried);
    }
    carried.text = Some(format!(
        "{}{}{}",
        &text[..first],
        kept.join(", "),
        &text[end..]
    ));
    Role::Carried(carried)
}

/// `autocommit`, `@@autocommit`, `SESSION autocommit`, `@@session.autocommit`; not GLOBAL.
fn assigns_autocommit(words: &Words<'_>) -> bool {
    let mut words = words.clone();
    words.eat(&["SESSION", "LOCAL"]);
    let first = words.text().trim_start_matches('@').to_ascii_lowercase();
    let at_at = words.text().starts_with("@@") || words.kind() == Some(TokenKind::Word);
    words.skip();
    let name = if matches!(first.as_str(), "session" | "local") && words.eat_kind(TokenKind::Dot) {
        words.text().to_ascii_lowercase()
    } else {
        first
    };
    at_at
        && matches!(
            name.as_str(),
            "autocommit" | "session.autocommit" | "local.autocommit"
        )
}

fn user_variable(words: &Words<'_>) -> Option<String> {
    let text = words.text();
    (words.kind() == Some(TokenKind::Param) && !text.starts_with("@@"))
        .then(|| text.to_ascii_lowercase())
}

/// Whether what is assigned is the same whenever it is made: no rows, no functions.
fn is_constant(item: &Words<'_>) -> bool {
    let mut item = item.clone();
    while !item.at_end() && item.kind() != Some(TokenKind::Open) {
        item.skip();
    }
    item.at_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;
    use crate::emit::mariadb::reading::Reading;
    use crate::emit::mariadb::server::MARIADB;

    fn told(text: &str) -> String {
        let words = Reading::new(Engine::Mariadb).words(text);
        match role(text, words, &MARIADB) {
            Role::Refused(refusal) => format!("cannot {}", refusal.why),
            Role::Carried(carried) => {
                let text = carried.text.map(|text| format!(" {text}"));
                format!("{}{}", carried.way.letter(), text.unwrap_or_default())
            }
        }
    }

    #[test]
    fn statements_tell_how_they_are_carried() {
        for (text, expected) in [
            ("INSERT INTO t VALUES (1)", "t"),
            ("/*!40000 ALTER TABLE `t` DISABLE KEYS */", "r"),
            ("CREATE TEMPORARY TABLE x (a int)", "t"),
            ("DROP TEMPORARY TABLE x", "t"),
            ("USE d", "s"),
            ("CALL p()", "c"),
            ("BEGIN", "n"),
            ("BEGIN NOT ATOMIC SELECT ROW_COUNT(); END", "c"),
            ("START TRANSACTION", "n"),
            ("COMMIT", "e"),
            ("COMMIT AND NO CHAIN", "e"),
            ("ROLLBACK TO SAVEPOINT a", "t"),
            ("ROLLBACK", "cannot roll back"),
            ("SET autocommit=0", "e"),
            ("SET @@session.autocommit = 1", "e"),
            (
                "/*!40101 SET @OLD=@@AUTOCOMMIT, AUTOCOMMIT=0 */",
                "s /*!40101 SET @OLD=@@AUTOCOMMIT */",
            ),
            (
                "SET @A=@@AUTOCOMMIT, @@AUTOCOMMIT=0, names utf8",
                "s SET @A=@@AUTOCOMMIT, names utf8",
            ),
            ("SET SESSION TRANSACTION READ WRITE", "s"),
            ("SET @@session.sql_log_bin = 0", "b"),
            ("/*!40101 SET SQL_LOG_BIN=0 */", "b"),
            ("SET a = 1, ,b = 2", "s"),
            ("/*!40101 SET */", "s"),
            (
                "SET TRANSACTION READ ONLY",
                "cannot choose the mode of its next transaction",
            ),
            (
                "LOCK TABLES `t` WRITE",
                "l LOCK TABLES $-ledger WRITE, `t` WRITE",
            ),
            ("UNLOCK TABLES", "u"),
            (
                "PREPARE s FROM 'x'",
                "s BEGIN NOT ATOMIC PREPARE s FROM 'x'; END",
            ),
            (
                "EXECUTE IMMEDIATE 'x'",
                "c BEGIN NOT ATOMIC EXECUTE IMMEDIATE 'x'; END",
            ),
            (
                "SET STATEMENT max_statement_time=1 FOR ANALYZE TABLE t",
                "r",
            ),
            ("INSTALL SONAME 'x'", "q"),
            (
                "SELECT ROW_COUNT()",
                "cannot ask for ROW_COUNT() of the statement before it",
            ),
            (
                "SET @sqlstitch_run = 1",
                "cannot use @sqlstitch_run: variables with this prefix are the script's own",
            ),
            (
                "\\! ls",
                "cannot use `\\!`, a command of the mariadb client",
            ),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }
}
