//! A patch to batches, as `GO` parts them: what each needs around it, and what cannot be carried.
//! The facts are those of <https://learn.microsoft.com/sql/t-sql/language-reference>.

use super::setting::setting;
use super::tokens::Tokens;
use crate::dialect::lex::TokenKind;
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

pub(super) fn refused(span: Span, title: impl Into<String>, help: &str) -> Finding {
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

/// What a batch means to the script around it.
fn look(batch: &mut Batch, source: &Source, own: &mut OwnTransaction, findings: &mut Vec<Finding>) {
    let mut tokens = Tokens::new(source, batch.span);
    if own.takes(batch, &tokens, findings) {
        return;
    }
    let is_module = tokens.is_module();
    let mut depth = 0_i32;
    let mut place = 0;
    while tokens.is_there(place) {
        batch.outside |= tokens.is(place, &["MEMORY_OPTIMIZED", "NATIVE_COMPILATION"]);
        if !is_module && depth >= 0 && tokens.begins(place) {
            look_at(batch, &tokens, place, &mut depth, findings);
        }
        place += 1;
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

/// What the statement means that may begin at `place`.
fn look_at(
    batch: &mut Batch,
    tokens: &Tokens<'_>,
    place: usize,
    depth: &mut i32,
    findings: &mut Vec<Finding>,
) {
    batch.outside |= is_outside(tokens, place);
    if let Some(setting) = setting(tokens, place, findings) {
        batch.settings.push(setting);
    }
    let transaction = ["TRAN", "TRANSACTION"];
    let after = usize::from(tokens.is(place + 1, &["DISTRIBUTED"]));
    if tokens.is(place, &["BEGIN"]) && tokens.is(place + 1 + after, &transaction) {
        *depth += 1;
    } else if tokens.is(place, &["COMMIT"]) {
        *depth -= 1;
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
        let count = tokens.end();
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
        let mut tokens = Tokens::new(source, batch.span);
        for place in 0.. {
            if !tokens.is_there(place) {
                break;
            }
            if !tokens.is_name(place) {
                continue;
            }
            let name = tokens.text(place).trim_matches(['[', ']', '"']);
            if !name.starts_with('#') || name.starts_with("##") {
                continue;
            }
            let name = name.to_ascii_lowercase();
            if told.contains(&name) {
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
