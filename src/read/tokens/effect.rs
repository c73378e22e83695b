//! Effects of CREATE INDEX, TRUNCATE, REVOKE and the like on code that runs already.

use crate::dialect::Dialect;
use crate::dialect::lex::Token;
use crate::name::{Ident, ObjectName};
use crate::read::effect::{Effect, What};
use crate::read::fact::{Kind, Object};
use crate::source::{Source, Span};

use super::cursor::{Cursor, Name, Tape};

/// Reads the tokens of one statement. The place of the statement is the caller's to set.
#[must_use]
pub fn effects(source: &Source, tokens: &[Token], dialect: &Dialect) -> Vec<Effect> {
    let first = tokens.iter().find(|token| !token.is_trivia());
    let begins = |words: &[&str]| {
        first.is_some_and(|token| {
            let text = token.text(&source.text);
            words.iter().any(|word| text.eq_ignore_ascii_case(word))
        })
    };
    if !begins(&[
        "alter", "create", "truncate", "delete", "revoke", "vacuum", "cluster",
    ]) {
        return Vec::new();
    }
    let tape = Tape::new(&source.text, tokens.iter().copied(), source.id, None);
    let mut reader = Reader {
        dialect,
        effects: Vec::new(),
    };
    reader.statement(tape.cursor());
    reader.effects
}

pub(super) struct Reader<'d> {
    pub(super) dialect: &'d Dialect,
    effects: Vec<Effect>,
}

impl Reader<'_> {
    pub(super) fn push(&mut self, what: What, object: Object, span: Span) {
        self.effects.push(Effect {
            statement: 0,
            what,
            object,
            span,
        });
    }

    fn statement(&mut self, cursor: Cursor<'_>) {
        let (whole, mut cursor) = (cursor, cursor);
        if cursor.eat("alter") {
            while cursor.eat_any(&["online", "ignore", "offline", "foreign"]) {}
            if cursor.eat("table") {
                self.alter_table(cursor);
            } else {
                let mut other = cursor;
                if other.eat("domain") {
                    self.alter_domain(whole, other);
                }
                self.owner(whole, cursor);
            }
        } else if self.dialect.release.rewrites_block
            && (cursor.is("cluster") || cursor.is("vacuum") && cursor.has(&["full"]))
        {
            self.rewrite(whole, cursor);
        } else if cursor.eat("create") {
            self.create(whole, cursor);
        } else if cursor.eat("truncate") {
            cursor.eat("table");
            for item in cursor.items() {
                let mut item = item;
                item.eat("only");
                if let Some(name) = item.name_or_string(self.dialect) {
                    self.push(What::DeleteAll, table(&name), whole.whole());
                }
            }
        } else if cursor.eat_phrase("delete from") {
            cursor.eat("only");
            let name = cursor.name_or_string(self.dialect);
            if let Some(name) = name
                && !cursor.has(&["where", "using", "join", "limit"])
            {
                self.push(What::DeleteAll, table(&name), whole.whole());
            }
        } else if cursor.is("revoke") {
            let nothing = Object::new(Kind::Role, ObjectName::bare(Ident::folded("")));
            self.push(What::Revoke, nothing, whole.whole());
        }
    }

    /// `ALTER FUNCTION f(int) OWNER TO r` and the like; ALTER TABLE is read by itself.
    fn owner(&mut self, whole: Cursor<'_>, cursor: Cursor<'_>) {
        let mut cursor = cursor;
        if !has_phrase(cursor, "owner to") {
            return;
        }
        let kind =
            if cursor.eat_any(&["view", "sequence"]) || cursor.eat_phrase("materialized view") {
                Kind::Relation
            } else if cursor.eat_any(&["function", "procedure", "routine", "aggregate"]) {
                Kind::Routine
            } else if cursor.eat_any(&["type", "domain"]) {
                Kind::Type
            } else if cursor.eat("schema") {
                Kind::Schema
            } else {
                return;
            };
        cursor.eat_phrase("if exists");
        if let Some(name) = cursor.name(self.dialect) {
            self.push(What::Owner, Object::new(kind, name.object()), whole.whole());
        }
    }

    /// `CREATE RULE r AS ON UPDATE TO t DO INSTEAD NOTHING`.
    fn rule(&mut self, whole: Cursor<'_>, cursor: Cursor<'_>) {
        let mut cursor = cursor;
        cursor.until(&["to"]);
        if cursor.eat("to")
            && let Some(name) = cursor.name(self.dialect)
            && has_phrase(cursor, "do instead")
        {
            self.push(What::OtherEffect, table(&name), whole.whole());
        }
    }

    /// `CREATE POLICY p ON t AS RESTRICTIVE …`.
    fn policy(&mut self, whole: Cursor<'_>, cursor: Cursor<'_>) {
        let mut cursor = cursor;
        cursor.until(&["on"]);
        if cursor.eat("on")
            && let Some(name) = cursor.name(self.dialect)
            && cursor.phrase("as restrictive")
        {
            self.push(What::SecureRows, table(&name), whole.whole());
        }
    }

    /// `ALTER DOMAIN d ADD CHECK …`, which looks at the rows of all tables that have it.
    fn alter_domain(&mut self, whole: Cursor<'_>, cursor: Cursor<'_>) {
        let mut cursor = cursor;
        let Some(name) = cursor.name(self.dialect) else {
            return;
        };
        let domain = Object::new(Kind::Type, name.object());
        if cursor.is("add") && cursor.has(&["check"]) || cursor.phrase("set not null") {
            let checked = !has_phrase(cursor, "not valid");
            self.push(What::AddCheck { checked }, domain, whole.whole());
        }
    }

    /// `VACUUM FULL t`, `VACUUM (FULL) t`, `CLUSTER t USING i`.
    fn rewrite(&mut self, whole: Cursor<'_>, cursor: Cursor<'_>) {
        let mut cursor = cursor;
        cursor.bump();
        cursor.group();
        while cursor.eat_any(&["full", "freeze", "verbose", "analyze"]) {}
        if let Some(name) = cursor.name(self.dialect) {
            self.push(What::Rewrite, table(&name), whole.whole());
        }
    }

    fn create(&mut self, whole: Cursor<'_>, cursor: Cursor<'_>) {
        let mut cursor = cursor;
        cursor.eat_phrase("or replace");
        cursor.eat_phrase("or alter");
        let unique = cursor.eat("unique");
        while cursor.eat_any(&["fulltext", "spatial", "clustered", "nonclustered", "vector"]) {}
        if cursor.eat("index") {
            let concurrent = cursor.eat("concurrently");
            let online = whole.has(&["online"]);
            cursor.until(&["on"]);
            cursor.bump();
            cursor.eat("only");
            if let Some(name) = cursor.name_or_string(self.dialect) {
                let concurrent = concurrent || online;
                self.push(
                    What::Index { unique, concurrent },
                    table(&name),
                    whole.whole(),
                );
            }
        } else if cursor.eat("rule") {
            self.rule(whole, cursor);
        } else if cursor.eat("policy") {
            self.policy(whole, cursor);
        } else if cursor.eat_any(&["function", "procedure"]) {
            cursor.eat_phrase("if not exists");
            let Some(name) = cursor.name(self.dialect) else {
                return;
            };
            cursor.group();
            let returns = if cursor.eat_any(&["returns", "return"]) {
                words(cursor.until(AFTER_RETURNS))
            } else {
                String::new()
            };
            let routine = Object::new(Kind::Routine, name.object());
            self.push(What::Returns(returns), routine, name.span());
        }
    }
}

/// What may stand behind the type that a routine returns.
const AFTER_RETURNS: &[&str] = &[
    "language",
    "as",
    "immutable",
    "stable",
    "volatile",
    "strict",
    "security",
    "called",
    "cost",
    "rows",
    "parallel",
    "begin",
    "return",
    "window",
    "leakproof",
    "support",
    "transform",
    "not",
    "deterministic",
    "reads",
    "modifies",
    "contains",
    "no",
    "comment",
    "sql",
    "external",
    "returns",
    "with",
    "set",
];

pub(super) fn has_phrase(cursor: Cursor<'_>, phrase: &str) -> bool {
    let mut cursor = cursor;
    cursor.until_where(|at| at.phrase(phrase));
    !cursor.is_empty()
}

/// The words in lower case with one space between them.
fn words(cursor: Cursor<'_>) -> String {
    let mut words = Vec::new();
    let mut cursor = cursor;
    while !cursor.is_empty() {
        words.push(cursor.text().to_lowercase());
        cursor.bump();
    }
    words.join(" ")
}

pub(super) fn table(name: &Name) -> Object {
    Object::new(Kind::Table, name.object())
}
