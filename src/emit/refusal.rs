//! Findings that several engines' forms have in common: what no script of theirs can hold.

use crate::finding::{Code, Finding};
use crate::plan::PlannedPatch;
use crate::source::Span;

/// The command of a shell that reads lines with a dot: left out where it is one of `display`, else
/// refused with what `help` says to write instead.
pub(super) fn dot_command(
    shell: &str,
    text: &str,
    span: Span,
    display: &[&str],
    help: fn(&str) -> &'static str,
) -> Finding {
    let word = text.split_whitespace().next().unwrap_or(text);
    if display.contains(&word) {
        let title = format!("`{word}` is left out of the script");
        let what = format!("changes what the {shell} shell shows, and no data");
        return Finding::new(Code::ClientCommand, title).label(span, what);
    }
    let title = format!("`{word}` is a command of the {shell} shell, not SQL");
    Finding::new(Code::Unsupported, title)
        .label(span, "cannot be part of a patch")
        .help(help(word))
}

/// A BEGIN without its COMMIT, for an engine that rolls back what a file leaves open.
pub(super) fn never_committed(engine: &str, begin: Span) -> Finding {
    Finding::new(
        Code::Unsupported,
        "a transaction that is begun and not committed",
    )
    .label(
        begin,
        format!("{engine} would roll back all of it at the end of the file"),
    )
    .help("write COMMIT; at the end, or leave BEGIN out: the script commits each patch as a whole")
}

/// What cannot be in a script of one transaction; the caller labels the statements and says the way out.
pub(super) fn cannot_share_a_transaction(patch: &PlannedPatch) -> Finding {
    let title = format!(
        "patch `{}` cannot share a transaction with the others",
        patch.name
    );
    let finding = Finding::new(Code::Unsupported, title);
    if patch.no_transaction {
        let whole = Span::new(patch.source, 0, 0);
        return finding.label(whole, "its header says transaction: off");
    }
    finding
}
