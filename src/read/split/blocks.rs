//! Whether a `;` ends a statement: how far the statement at hand has come.

use crate::dialect::Blocks;
use crate::dialect::lex::{Token, TokenKind};
use crate::finding::{Code, Finding};
use crate::source::{Source, Span};

/// How much of what matters has been read of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Head {
    Start,
    Explain,
    Create,
    CreateOr,
    CreateOrReplace,
    Begin,
    BeginNot,
    /// In a statement whose blocks count.
    Inside,
    /// In a trigger, right after a `;`.
    AfterSemicolon,
    /// In a trigger, right after `; END`.
    AfterEnd,
    /// In a statement whose blocks do not count.
    Other,
}

/// The state of one statement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    rule: Blocks,
    head: Head,
    parens: u32,
    begins: u32,
    /// An `END` that may turn out to be `END IF`.
    end_pending: bool,
    /// The outermost `(`, `BEGIN` or the `TRIGGER` that keeps the next `;` from ending the statement.
    opening: Option<(u32, u32)>,
    /// A `;` has been read that did not end the statement.
    kept_semicolon: bool,
}

impl Progress {
    pub(super) fn new(rule: Blocks) -> Self {
        Self {
            rule,
            head: Head::Start,
            parens: 0,
            begins: 0,
            end_pending: false,
            opening: None,
            kept_semicolon: false,
        }
    }

    pub(super) fn reset(&mut self) {
        *self = Self::new(self.rule);
    }

    /// Whether no parenthesis is open.
    pub(super) fn outside_parens(&self) -> bool {
        self.parens == 0
    }

    /// Takes note of a token that is neither trivia nor a terminator.
    pub(super) fn see(&mut self, token: &Token, text: &str) {
        let word = if token.kind == TokenKind::Word {
            text
        } else {
            ""
        };
        match self.rule {
            Blocks::None => {}
            Blocks::Atomic => self.see_atomic(token, word),
            Blocks::Triggers => self.see_trigger(token, word),
            Blocks::Compound => self.see_compound(token, word),
        }
    }

    /// Whether this `;` ends the statement.
    pub(super) fn semicolon(&mut self, token: &Token) -> bool {
        self.settle_end();
        let ends = match (self.rule, self.head) {
            (Blocks::Triggers, Head::Inside | Head::AfterSemicolon) => {
                self.head = Head::AfterSemicolon;
                false
            }
            _ => self.parens == 0 && self.begins == 0,
        };
        self.kept_semicolon |= !ends;
        debug_assert_eq!(token.kind, TokenKind::Semicolon);
        ends
    }

    fn see_atomic(&mut self, token: &Token, word: &str) {
        match token.kind {
            TokenKind::Open => {
                self.open(self.parens == 0 && self.begins == 0, token);
                self.parens += 1;
            }
            TokenKind::Close => {
                self.parens = self.parens.saturating_sub(1);
                self.close();
            }
            TokenKind::Word => {
                let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
                match self.head {
                    Head::Other => {}
                    Head::Start if is("create") => self.head = Head::Create,
                    Head::Create if is("or") => self.head = Head::CreateOr,
                    Head::CreateOr if is("replace") => self.head = Head::CreateOrReplace,
                    Head::Create | Head::CreateOrReplace if is("function") || is("procedure") => {
                        self.head = Head::Inside;
                    }
                    Head::Inside if self.parens > 0 => {}
                    Head::Inside if is("begin") => {
                        self.open(self.begins == 0, token);
                        self.begins += 1;
                    }
                    Head::Inside if is("case") && self.begins > 0 => self.begins += 1,
                    Head::Inside if is("end") => {
                        self.begins = self.begins.saturating_sub(1);
                        self.close();
                    }
                    Head::Inside => {}
                    _ => self.head = Head::Other,
                }
            }
            _ => {}
        }
    }

    fn see_trigger(&mut self, token: &Token, word: &str) {
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        self.head = match self.head {
            Head::Other => Head::Other,
            Head::Start if is("explain") => Head::Explain,
            Head::Start | Head::Explain if is("create") => Head::Create,
            Head::Explain => Head::Explain,
            Head::Create if is("temp") || is("temporary") => Head::Create,
            Head::Create if is("trigger") => {
                self.open(true, token);
                Head::Inside
            }
            Head::AfterSemicolon if is("end") => Head::AfterEnd,
            Head::Inside | Head::AfterSemicolon | Head::AfterEnd => Head::Inside,
            _ => Head::Other,
        };
    }

    fn see_compound(&mut self, token: &Token, word: &str) {
        if matches!(self.head, Head::Other) {
            return;
        }
        let is_any = |keywords: &[&str]| {
            keywords
                .iter()
                .any(|keyword| word.eq_ignore_ascii_case(keyword))
        };
        if self.end_pending && is_any(&["if", "loop", "while", "repeat", "for"]) {
            self.end_pending = false;
            return;
        }
        let after_end = self.end_pending;
        self.settle_end();
        self.head = match self.head {
            Head::Start if is_any(&["create", "alter"]) => Head::Create,
            Head::Start if is_any(&["begin"]) => Head::Begin,
            Head::Begin if is_any(&["not"]) => Head::BeginNot,
            Head::BeginNot if is_any(&["atomic"]) => {
                self.open(true, token);
                self.begins = 1;
                Head::Inside
            }
            Head::Create if is_any(&["procedure", "function", "trigger", "event", "package"]) => {
                Head::Inside
            }
            Head::Create if is_any(NO_BLOCKS) => Head::Other,
            Head::Create => Head::Create,
            Head::Inside => {
                if is_any(&["begin"]) || is_any(&["case"]) && !after_end {
                    self.open(self.begins == 0, token);
                    self.begins += 1;
                } else if is_any(&["end"]) {
                    self.end_pending = true;
                }
                Head::Inside
            }
            _ => Head::Other,
        };
    }

    /// Counts an `END` that was not the start of `END IF`.
    fn settle_end(&mut self) {
        if std::mem::take(&mut self.end_pending) {
            self.begins = self.begins.saturating_sub(1);
            self.close();
        }
    }

    fn open(&mut self, outermost: bool, token: &Token) {
        if outermost {
            self.opening = Some((token.start, token.end));
        }
    }

    fn close(&mut self) {
        if self.parens == 0 && self.begins == 0 {
            self.opening = None;
        }
    }

    /// What to say when the text ends inside a statement that kept a `;` to itself.
    pub(super) fn unfinished(mut self, source: &Source, rule: Blocks) -> Option<Finding> {
        self.settle_end();
        if !self.kept_semicolon || self.head == Head::AfterEnd {
            return None;
        }
        let (start, end) = self.opening?;
        let (what, close) = match (rule, self.begins) {
            (Blocks::Triggers, _) => ("this trigger's body", "END;"),
            (_, 0) => ("this parenthesis", ")"),
            _ => ("this block", "END;"),
        };
        Some(
            Finding::new(
                Code::Unterminated,
                format!("{what} has no end, so its statement runs to the end of the file"),
            )
            .label(Span::new(source.id, start, end), "opened here")
            .help(format!("close it with `{close}` where it should end")),
        )
    }
}

/// What MySQL's CREATE and ALTER make that has no body of statements.
const NO_BLOCKS: &[&str] = &[
    "table",
    "temporary",
    "view",
    "index",
    "unique",
    "fulltext",
    "spatial",
    "database",
    "schema",
    "user",
    "role",
    "server",
    "tablespace",
    "sequence",
    "logfile",
    "undo",
];
