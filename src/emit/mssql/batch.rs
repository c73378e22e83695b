//! A patch to batches, as `GO` parts them: what each needs around it, and what cannot be carried.
//! The facts are those of <https://learn.microsoft.com/sql/t-sql/language-reference>.

use crate::dialect::Engine;
use crate::dialect::lex::{Lexer, Token, TokenKind};
use crate::finding::{Code, Finding};
use crate::plan::PlannedPatch;
use crate::read::statement::{Statement, StatementKind};
use crate::source::{Source, Span};

/// What stands between two `GO`s.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Batch {
    /// Its text, from the first character that is not white space.
    pub(super) span: Span,
    /// How often it runs: `GO 5`.
    pub(super) times: u32,
    /// Whether SQL Server refuses it inside a transaction.
    pub(super) outside: bool,
    /// The settings that it changes, which last until the patch ends.
    pub(super) settings: Vec<String>,
}

/// The batches of a patch and what cannot be carried.
pub(super) fn batches(patch: &PlannedPatch, source: &Source) -> (Vec<Batch>, Vec<Finding>) {
    let mut batches: Vec<Batch> = Vec::new();
    let mut findings = Vec::new();
    // A command of sqlcmd parts pieces, but not batches.
    let mut open = false;
    for piece in &patch.statements {
        match piece.kind {
            StatementKind::Sql => {
                let span = trimmed(source, piece.span);
                match batches.last_mut() {
                    Some(last) if open => last.span = last.span.to(span),
                    _ => batches.push(Batch {
                        span,
                        times: 1,
                        outside: false,
                        settings: Vec::new(),
                    }),
                }
                open = true;
            }
            StatementKind::BatchSeparator => {
                let times = count(source.slice(piece.body), piece, &mut findings);
                if let Some(last) = batches.last_mut()
                    && open
                {
                    last.times = times;
                }
                open = false;
            }
            StatementKind::ClientCommand => findings.push(client_command(source, piece)),
            // A comment at the end may be part of a module's text.
            _ => {
                let span = trimmed(source, piece.span);
                if let Some(last) = batches.last_mut()
                    && open
                    && span.start < span.end
                {
                    last.span = last.span.to(span);
                }
            }
        }
    }
    let mut own = OwnTransaction::default();
    for batch in &mut batches {
        look(batch, source, &mut own, &mut findings);
    }
    let mut kept = own.finish(batches, &mut findings);
    temporary_tables(&kept, source, &mut findings);
    kept.retain(|batch| batch.times > 0);
    (kept, findings)
}

/// The span without white space at its ends.
fn trimmed(source: &Source, span: Span) -> Span {
    let text = source.slice(span);
    let start = span.start + (text.len() - text.trim_start().len()) as u32;
    let end = span.end - (text.len() - text.trim_end().len()) as u32;
    Span::new(span.source, start, end.max(start))
}

fn count(text: &str, piece: &Statement, findings: &mut Vec<Finding>) -> u32 {
    let digits = text[2..].trim();
    if digits.is_empty() {
        return 1;
    }
    digits.parse().unwrap_or_else(|_| {
        findings.push(refused(
            piece.body,
            "GO with a count that is too large",
            "write a loop",
        ));
        1
    })
}

fn refused(span: Span, title: impl Into<String>, help: &str) -> Finding {
    Finding::new(Code::Unsupported, title)
        .label(span, "")
        .help(help)
}

fn client_command(source: &Source, piece: &Statement) -> Finding {
    let text = source.slice(piece.body).trim();
    let word = text.split_whitespace().next().unwrap_or(text);
    let silent = [
        ":on",
        ":error",
        ":out",
        ":perftrace",
        ":list",
        ":listvar",
        ":serverlist",
        ":help",
    ];
    if silent.iter().any(|known| word.eq_ignore_ascii_case(known)) {
        return Finding::new(
            Code::ClientCommand,
            format!("`{word}` is left out of the script"),
        )
        .label(piece.body, "changes what sqlcmd shows, or when it stops");
    }
    let help = match word.to_ascii_lowercase().as_str() {
        ":r" => "give the file that it reads as a patch, and name it in `-- requires:`",
        ":setvar" => "write the value itself where the variable is used",
        ":connect" => "give each server its own directory and its own script",
        _ => "leave it out",
    };
    refused(
        piece.body,
        format!("`{word}` is a command of sqlcmd, not SQL"),
        help,
    )
}

/// The tokens of a batch that are neither white space nor comments.
struct Tokens<'t> {
    text: &'t str,
    base: Span,
    tokens: Vec<Token>,
}

impl<'t> Tokens<'t> {
    fn new(source: &'t Source, span: Span) -> Self {
        let text = source.slice(span);
        let tokens = Lexer::new(text, &Engine::Mssql.dialect().lexing);
        Self {
            text,
            base: span,
            tokens: tokens.filter(|token| !token.is_trivia()).collect(),
        }
    }

    fn is(&self, place: usize, words: &[&str]) -> bool {
        let token = self.tokens.get(place);
        token.is_some_and(|token| words.iter().any(|word| token.is_word(self.text, word)))
    }

    fn are(&self, place: usize, words: &[&[&str]]) -> bool {
        (place..)
            .zip(words)
            .all(|(place, words)| self.is(place, words))
    }

    fn text(&self, place: usize) -> &'t str {
        let token = self.tokens.get(place);
        token.map_or("", |token| token.text(self.text))
    }

    fn kind(&self, place: usize) -> Option<TokenKind> {
        self.tokens.get(place).map(|token| token.kind)
    }

    fn span(&self, place: usize) -> Span {
        let (start, end) = self
            .tokens
            .get(place)
            .map_or((0, 0), |token| (token.start, token.end));
        Span::new(
            self.base.source,
            self.base.start + start,
            self.base.start + end,
        )
    }

    /// Whether the batch makes a module, whose body runs later: `CREATE [OR ALTER] PROCEDURE …`.
    fn is_module(&self) -> bool {
        let place = if self.are(1, &[&["OR"], &["ALTER"]]) {
            3
        } else {
            1
        };
        self.is(0, &["CREATE", "ALTER"])
            && self.is(place, &["PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "VIEW"])
    }

    /// Whether a statement may begin at `place`; T-SQL needs no semicolon before it.
    fn begins(&self, place: usize) -> bool {
        let Some(before) = place.checked_sub(1) else {
            return true;
        };
        // A name after a dot or AS is no keyword.
        !matches!(self.kind(before), Some(TokenKind::Dot | TokenKind::Comma))
            && !self.is(before, &["AS"])
            && self.kind(place + 1) != Some(TokenKind::Dot)
    }
}

/// What a batch means to the script around it.
fn look(batch: &mut Batch, source: &Source, own: &mut OwnTransaction, findings: &mut Vec<Finding>) {
    let tokens = Tokens::new(source, batch.span);
    if own.takes(batch, &tokens, findings) {
        return;
    }
    let in_memory = ["MEMORY_OPTIMIZED", "NATIVE_COMPILATION"];
    batch.outside |= (0..tokens.tokens.len()).any(|place| tokens.is(place, &in_memory));
    if tokens.is_module() {
        return;
    }
    let mut depth = 0_i32;
    for place in 0..tokens.tokens.len() {
        if !tokens.begins(place) {
            continue;
        }
        batch.outside |= is_outside(&tokens, place);
        if let Some(setting) = setting(&tokens, place, findings) {
            batch.settings.push(setting);
        }
        let transaction = ["TRAN", "TRANSACTION"];
        let after = usize::from(tokens.is(place + 1, &["DISTRIBUTED"]));
        if tokens.is(place, &["BEGIN"]) && tokens.is(place + 1 + after, &transaction) {
            depth += 1;
        } else if tokens.is(place, &["COMMIT"]) {
            depth -= 1;
            if depth < 0 {
                break;
            }
        } else if tokens.is(place, &["ROLLBACK"]) {
            findings.push(refused(
                tokens.span(place),
                "ROLLBACK would undo the script's transaction",
                "leave it out; a patch that fails is rolled back anyway, and THROW makes it fail",
            ));
        } else if tokens.is(place, &["USE"]) && tokens.is_name(place + 1) {
            findings.push(refused(
                tokens.span(place),
                "USE cannot be part of a patch",
                "leave it out; sqlcmd -d and SSMS choose the database of a script",
            ));
        }
    }
    if depth != 0 {
        findings.push(
            refused(
                batch.span,
                "a transaction that does not begin and end in one batch",
                "leave BEGIN TRANSACTION and COMMIT out: the script commits each patch as a whole",
            )
            .note("the script's own transaction is around the patch"),
        );
    }
}

impl Tokens<'_> {
    fn is_name(&self, place: usize) -> bool {
        matches!(
            self.kind(place),
            Some(TokenKind::Word | TokenKind::QuotedIdent)
        )
    }
}

/// Whether SQL Server refuses the statement that begins here inside a transaction: the lists on the
/// pages of `BEGIN TRANSACTION`, of each statement, and of memory-optimized tables.
fn is_outside(tokens: &Tokens<'_>, place: usize) -> bool {
    let changes = tokens.is(place, &["CREATE", "ALTER", "DROP"]);
    let database = tokens.is(place + 1, &["DATABASE"])
        && !tokens.is(place + 2, &["SCOPED", "AUDIT", "ENCRYPTION", "CREDENTIAL"]);
    let fulltext = tokens.is(place + 1, &["FULLTEXT"]);
    changes && (database || fulltext || tokens.are(place + 1, &[&["AVAILABILITY"], &["GROUP"]]))
        || tokens.is(place, &["BACKUP", "RESTORE"]) && tokens.is(place + 1, &["DATABASE", "LOG"])
        || tokens.is(place, &["RECONFIGURE"])
        || tokens.is(place, &["DBCC"])
            && tokens.is(
                place + 1,
                &["SHRINKDATABASE", "SHRINKFILE", "CHECKDB", "CHECKALLOC"],
            )
        || tokens.is(place, &["EXEC", "EXECUTE"])
            && (place + 1..place + 5).any(|at| {
                let name = tokens.text(at).trim_matches(['[', ']', '"']);
                name.get(..12)
                    .is_some_and(|name| name.eq_ignore_ascii_case("sp_fulltext_"))
            })
}

/// Options that are ON or OFF.
const SWITCHES: &[&str] = &[
    "ANSI_DEFAULTS",
    "ANSI_NULLS",
    "ANSI_NULL_DFLT_OFF",
    "ANSI_NULL_DFLT_ON",
    "ANSI_PADDING",
    "ANSI_WARNINGS",
    "ARITHABORT",
    "ARITHIGNORE",
    "CONCAT_NULL_YIELDS_NULL",
    "CURSOR_CLOSE_ON_COMMIT",
    "NOCOUNT",
    "NUMERIC_ROUNDABORT",
    "QUOTED_IDENTIFIER",
    "XACT_ABORT",
];

/// Options with a value.
const VALUES: &[&str] = &[
    "DATEFIRST",
    "DATEFORMAT",
    "DEADLOCK_PRIORITY",
    "LANGUAGE",
    "LOCK_TIMEOUT",
    "QUERY_GOVERNOR_COST_LIMIT",
    "ROWCOUNT",
    "TEXTSIZE",
];

/// Options under which statements are not run, or not committed.
const DANGEROUS: &[&str] = &[
    "FMTONLY",
    "IMPLICIT_TRANSACTIONS",
    "NOEXEC",
    "OFFLINE",
    "PARSEONLY",
    "REMOTE_PROC_TRANSACTIONS",
    "SHOWPLAN_ALL",
    "SHOWPLAN_TEXT",
    "SHOWPLAN_XML",
];

/// The `SET` that begins here, if it changes the session: dynamic SQL would end it with its batch.
fn setting(tokens: &Tokens<'_>, place: usize, findings: &mut Vec<Finding>) -> Option<String> {
    if !tokens.is(place, &["SET"]) || tokens.text(place + 2) == "=" {
        return None;
    }
    if tokens.is(place + 1, DANGEROUS) {
        findings.push(refused(
            tokens.span(place + 1),
            format!("SET {} cannot be part of a patch", tokens.text(place + 1)),
            "leave it out",
        ));
        return None;
    }
    let on_or_off = &["ON", "OFF"];
    let end = if tokens.is(place + 1, SWITCHES) {
        (place + 2..tokens.tokens.len()).find(|&at| tokens.is(at, on_or_off))?
    } else if tokens.is(place + 1, VALUES) {
        // A number may have a sign.
        place + 2 + usize::from(tokens.kind(place + 2) == Some(TokenKind::Operator))
    } else if tokens.is(place + 1, &["IDENTITY_INSERT"]) {
        (place + 2..tokens.tokens.len()).find(|&at| tokens.is(at, on_or_off))?
    } else if tokens.are(place + 1, &[&["TRANSACTION"], &["ISOLATION"], &["LEVEL"]]) {
        place + 4 + usize::from(tokens.is(place + 4, &["READ", "REPEATABLE"]))
    } else {
        return None;
    };
    let mut text = String::new();
    for at in place..=end.min(tokens.tokens.len().checked_sub(1)?) {
        let glued = tokens.kind(at) == Some(TokenKind::Dot)
            || at > 0 && tokens.kind(at - 1) == Some(TokenKind::Dot)
            || at > 0 && tokens.kind(at - 1) == Some(TokenKind::Operator);
        if !text.is_empty() && !glued {
            text.push(' ');
        }
        text.push_str(tokens.text(at));
    }
    if text.contains(['\n', '\r']) || text.contains("$(") || text.contains('@') {
        findings.push(refused(
            tokens.span(place),
            "this setting cannot be set for the batches after it",
            "write the value itself, on one line",
        ));
    }
    Some(text)
}

/// A patch's own `BEGIN TRANSACTION` and `COMMIT` in batches of their own: they are left out.
#[derive(Default)]
struct OwnTransaction {
    begun: Option<Span>,
}

impl OwnTransaction {
    fn takes(
        &mut self,
        batch: &mut Batch,
        tokens: &Tokens<'_>,
        findings: &mut Vec<Finding>,
    ) -> bool {
        let transaction = ["TRAN", "TRANSACTION", "WORK"];
        let count = tokens.tokens.len();
        let count =
            count - usize::from(tokens.kind(count.wrapping_sub(1)) == Some(TokenKind::Semicolon));
        if tokens.are(0, &[&["BEGIN"], &transaction[..2]]) && count <= 3 {
            if self.begun.is_some() {
                findings.push(refused(
                    batch.span,
                    "a transaction within a transaction",
                    "leave the inner BEGIN TRANSACTION and COMMIT out",
                ));
            }
            self.begun = Some(batch.span);
        } else if tokens.is(0, &["COMMIT"])
            && count <= 3
            && (count == 1 || tokens.is(1, &transaction))
        {
            if self.begun.take().is_none() {
                findings.push(refused(
                    batch.span,
                    "COMMIT without a BEGIN TRANSACTION in the same patch",
                    "leave it out: the script commits each patch as a whole",
                ));
            }
        } else {
            return false;
        }
        batch.times = 0;
        true
    }

    fn finish(self, batches: Vec<Batch>, findings: &mut Vec<Finding>) -> Vec<Batch> {
        if let Some(begin) = self.begun {
            findings.push(refused(
                begin,
                "a transaction that is begun and not committed",
                "write COMMIT at the end, or leave BEGIN TRANSACTION out: the script commits each patch as a whole",
            ));
        }
        batches
    }
}

/// A temporary table ends with the dynamic SQL that has made it, so it cannot go from batch to batch.
fn temporary_tables(batches: &[Batch], source: &Source, findings: &mut Vec<Finding>) {
    let mut seen: Vec<(String, usize)> = Vec::new();
    let mut told: Vec<String> = Vec::new();
    for (index, batch) in batches.iter().enumerate() {
        let tokens = Tokens::new(source, batch.span);
        for place in 0..tokens.tokens.len() {
            if !tokens.is_name(place) {
                continue;
            }
            let name = tokens.text(place).trim_matches(['[', ']', '"']);
            let name = name.to_ascii_lowercase();
            if !name.starts_with('#') || name.starts_with("##") || told.contains(&name) {
                continue;
            }
            match seen.iter().find(|(other, _)| *other == name) {
                Some((_, first)) if *first != index => {
                    findings.push(
                        refused(
                            tokens.span(place),
                            format!("the temporary table {name} is gone here"),
                            "leave out the GO between the statements that use it, or use a table that is dropped at the end",
                        )
                        .note("a script runs each batch as dynamic SQL, and a temporary table ends with it"),
                    );
                    told.push(name);
                }
                Some(_) => {}
                None => seen.push((name, index)),
            }
        }
    }
}
