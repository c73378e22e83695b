//! Where statements end when no semicolon says so.

use crate::dialect::lex::TokenKind;

use super::cursor::Cursor;
use super::out::Out;
use super::scope::Scope;
use super::{block, expr};

/// IF condition statement: the statement or block runs under the condition.
pub(super) fn conditional(out: &mut Out<'_>, cursor: &mut Cursor<'_>, scope: &Scope<'_>) {
    cursor.bump();
    let condition = condition(cursor);
    expr::read(out, condition, scope);
    branch(out, cursor, scope);
    if cursor.eat("else") {
        branch(out, cursor, scope);
    }
}

/// What an IF or its ELSE runs: a statement or a block.
fn branch(out: &mut Out<'_>, cursor: &mut Cursor<'_>, scope: &Scope<'_>) {
    let body = if cursor.is("begin") && !cursor.any_at(1, &["tran", "transaction"]) {
        to_end(cursor)
    } else if cursor.is("if") {
        // `ELSE IF` is an IF of its own.
        return;
    } else {
        extent(cursor)
    };
    if out.too_deep() {
        return;
    }
    out.deeper(|out| {
        out.under(
            |now| now.guarded = true,
            |out| block::statements(out, body, scope),
        );
    });
    cursor.eat_kind(TokenKind::Semicolon);
}

/// From BEGIN to its END.
fn to_end<'t>(cursor: &mut Cursor<'t>) -> Cursor<'t> {
    let start = *cursor;
    let mut depth = 0_usize;
    while !cursor.is_empty() {
        if cursor.is("case")
            || cursor.is("begin") && !cursor.any_at(1, &["tran", "transaction", "distributed"])
        {
            depth += 1;
        } else if cursor.is("end") && !cursor.is_at(1, "conversation") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                cursor.bump();
                break;
            }
        }
        cursor.skip();
    }
    start.before(cursor)
}

/// A condition up to the statement that it guards.
pub(super) fn condition<'t>(cursor: &mut Cursor<'t>) -> Cursor<'t> {
    let mut walk = Walk::default();
    cursor.until_where(|here| walk.stops(here, First::Condition))
}

/// The statement at the cursor, up to a semicolon or the first word of the next one.
pub(super) fn extent<'t>(cursor: &mut Cursor<'t>) -> Cursor<'t> {
    let first = First::of(cursor);
    let mut walk = Walk {
        awaits_rows: first == First::Insert,
        ..Walk::default()
    };
    let mut at_start = true;
    if first == First::Module {
        // A module's body is the rest of its batch.
        let start = *cursor;
        while !cursor.is_empty() {
            cursor.skip();
        }
        return start.before(cursor);
    }
    cursor.until_where(|here| {
        let stops = walk.stops(here, first);
        let stops = stops && !at_start;
        at_start = false;
        stops
    })
}

/// The kinds of statements that differ in the words that they may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    Condition,
    Insert,
    Update,
    Merge,
    Grant,
    Alter,
    With,
    Module,
    Other,
}

impl First {
    fn of(cursor: &Cursor<'_>) -> Self {
        match () {
            () if cursor.is("insert") => Self::Insert,
            () if cursor.is("update") => Self::Update,
            () if cursor.is("merge") => Self::Merge,
            () if cursor.is_any(&["grant", "deny", "revoke"]) => Self::Grant,
            () if is_module(cursor) => Self::Module,
            () if cursor.is("alter") => Self::Alter,
            () if cursor.is("with") || cursor.is("return") => Self::With,
            () => Self::Other,
        }
    }
}

/// CREATE or ALTER of a view, procedure, function or trigger.
fn is_module(cursor: &Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    if !ahead.eat_any(&["create", "alter"]) {
        return false;
    }
    ahead.eat_phrase("or alter");
    ahead.is_any(&["view", "procedure", "proc", "function", "trigger"])
}

/// What may be dropped by a statement; `ALTER TABLE t DROP c` drops a constraint.
const DROPPED: &[&str] = &[
    "table",
    "view",
    "procedure",
    "proc",
    "function",
    "trigger",
    "index",
    "type",
    "schema",
    "database",
    "sequence",
    "synonym",
    "user",
    "role",
    "login",
    "statistics",
    "aggregate",
    "assembly",
    "security",
    "external",
    "credential",
    "rule",
    "default",
];

/// What has gone by.
#[derive(Default)]
struct Walk {
    previous: String,
    cases: usize,
    verbs: usize,
    /// An INSERT that has not come to its rows yet.
    awaits_rows: bool,
    sets: usize,
}

impl Walk {
    /// Whether a new statement begins at `here`.
    fn stops(&mut self, here: &Cursor<'_>, first: First) -> bool {
        let stops = self.looks_like_a_start(here, first);
        self.previous.clear();
        self.previous.push_str(here.text());
        self.previous.make_ascii_lowercase();
        stops
    }

    fn after(&self, words: &[&str]) -> bool {
        words.contains(&self.previous.as_str())
    }

    fn looks_like_a_start(&mut self, here: &Cursor<'_>, first: First) -> bool {
        if here.kind() == Some(TokenKind::Semicolon) {
            return true;
        }
        if here.kind() != Some(TokenKind::Word) || here.kind_at(1) == Some(TokenKind::Dot) {
            return false;
        }
        let word = here.text().to_ascii_lowercase();
        match word.as_str() {
            "case" => {
                self.cases += 1;
                false
            }
            "end" | "else" if self.cases > 0 => {
                self.cases -= usize::from(word == "end");
                false
            }
            "end" | "else" | "while" | "print" | "declare" | "raiserror" | "throw" | "commit"
            | "rollback" | "deallocate" | "waitfor" | "goto" | "dbcc" | "go" => true,
            "begin" | "return" => !self.after(&["as"]),
            "break" | "continue" | "close" | "open" => {
                here.kind_at(1) != Some(TokenKind::Comma) && first != First::Alter
            }
            "select" => {
                if self.after(&["union", "all", "except", "intersect", "for", "as"]) {
                    return false;
                }
                let expected = self.awaits_rows
                    || first == First::With && self.verbs == 0
                    || first == First::Grant;
                self.verbs += 1;
                self.awaits_rows = false;
                !expected
            }
            "insert" | "delete" | "update" => {
                // `UPDATE(c)` in a trigger, `WHEN MATCHED THEN DELETE`, `FOR UPDATE`.
                if here.kind_at(1) == Some(TokenKind::Open) && word != "insert"
                    || self.after(&["then", "for", "of", "after"])
                {
                    return false;
                }
                // `ON DELETE CASCADE`, but `SET NOCOUNT ON DELETE t`.
                if self.after(&["on"])
                    && word != "insert"
                    && here.any_at(1, &["cascade", "no", "set", "restrict"])
                {
                    return false;
                }
                let expected = first == First::With && self.verbs == 0 || first == First::Grant;
                self.verbs += 1;
                self.awaits_rows = word == "insert";
                !expected
            }
            "merge" => {
                let expected = first == First::With && self.verbs == 0 || here.is_at(1, "join");
                self.verbs += 1;
                !expected
            }
            "values" => {
                self.awaits_rows = false;
                false
            }
            "exec" | "execute" => {
                let expected = self.awaits_rows || first == First::Grant;
                self.awaits_rows = false;
                !(expected || self.after(&["with", "as"]) || here.is_at(1, "as"))
            }
            "set" => {
                self.sets += 1;
                let expected = matches!(first, First::Update | First::Alter | First::With)
                    && self.sets == 1
                    || first == First::Merge
                    || self.after(&["delete", "update"]);
                !expected
            }
            "if" => !(here.is_at(1, "exists") && here.kind_at(2) != Some(TokenKind::Open)),
            "create" | "alter" => {
                first != First::Grant
                    && !(word == "alter" && here.is_at(1, "column"))
                    && here.named_at(1)
            }
            "drop" => first != First::Grant && here.any_at(1, DROPPED),
            "truncate" => here.is_at(1, "table"),
            "grant" | "deny" | "revoke" => !self.after(&["with"]),
            "use" => here.named_at(1) && !self.after(&["option", "("]),
            "fetch" => !self.after(&["rows", "row"]),
            "with" => {
                // Officially only behind a semicolon; hints have a parenthesis.
                false
            }
            "bulk" => here.is_at(1, "insert"),
            "enable" | "disable" => here.is_at(1, "trigger") && first != First::Alter,
            _ => false,
        }
    }
}
