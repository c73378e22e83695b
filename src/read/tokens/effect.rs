//! Effects of ALTER TABLE, CREATE INDEX and the like on code that runs already.

use crate::dialect::Dialect;
use crate::dialect::lex::{Token, TokenKind};
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

struct Reader<'d> {
    dialect: &'d Dialect,
    effects: Vec<Effect>,
}

impl Reader<'_> {
    fn push(&mut self, what: What, object: Object, span: Span) {
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
            } else if cursor.eat("domain") {
                self.alter_domain(whole, cursor);
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

    fn alter_table(&mut self, cursor: Cursor<'_>) {
        let mut cursor = cursor;
        cursor.eat_phrase("if exists");
        if cursor.is("only") && cursor.named_at(1) {
            cursor.bump();
        }
        let Some(name) = cursor.name_or_string(self.dialect) else {
            return;
        };
        cursor.eat_op("*");
        let mut checked = true;
        if cursor.is("with") && cursor.any_at(1, &["check", "nocheck"]) {
            checked = cursor.is_at(1, "check");
            cursor.bump_by(2);
        }
        // T-SQL: what follows a comma goes on with the same verb.
        let mut adds = false;
        for item in cursor.items() {
            let mut inner = item;
            if inner.eat("add") {
                adds = true;
                self.add(&name, item.whole(), inner, checked);
            } else if adds && self.dialect.semicolons_are_optional && !inner.is("drop") {
                self.add(&name, item.whole(), inner, checked);
            } else {
                adds = false;
                self.change(&name, item.whole(), inner);
            }
        }
    }

    fn add(&mut self, owner: &Name, span: Span, item: Cursor<'_>, checked: bool) {
        let mut item = item;
        if item.eat("constraint") {
            if !item.is_any(&["primary", "unique", "foreign", "check"]) {
                item.eat_phrase("if not exists");
                item.name_or_string(self.dialect);
            }
        } else if let Some(inside) = item.is_open().then(|| item.inside()) {
            // `ADD (a int, b int)`
            for column in inside.items() {
                self.add(owner, column.whole(), column, checked);
            }
            return;
        }
        let checked = checked && !has_phrase(item, "not valid");
        let what = if item.is("unique") || item.phrase("primary key") || item.is("exclude") {
            let using_index = has_phrase(item, "using index");
            What::AddUnique { using_index }
        } else if item.phrase("foreign key") {
            What::AddForeignKey { checked }
        } else if item.is("check") {
            What::AddCheck { checked }
        } else if item.eat_phrase("not null") {
            let column = item.name(self.dialect);
            if let Some(column) = column.filter(|_| checked) {
                self.push(What::SetNotNull, member(owner, &column), span);
            }
            return;
        } else if self.dialect.keys_in_tables
            && item.is_any(&["key", "index", "fulltext", "spatial", "vector"])
        {
            What::Index {
                unique: false,
                concurrent: false,
            }
        } else if item.is_any(&["default", "period", "partition"]) {
            return;
        } else {
            item.eat("column");
            if item.is_open() {
                self.add(owner, span, item, checked);
                return;
            }
            item.eat_phrase("if not exists");
            let Some(column) = item.name_or_string(self.dialect) else {
                return;
            };
            let what = self.column(item);
            self.push(what, member(owner, &column), span);
            if item.has(&["unique"]) {
                let (unique, concurrent) = (true, false);
                self.push(What::Index { unique, concurrent }, table(owner), span);
            }
            return;
        };
        self.push(what, table(owner), span);
    }

    /// What an added column asks of rows, by its definition after its name.
    fn column(&self, item: Cursor<'_>) -> What {
        let serial = item.is_any(&["serial", "bigserial", "smallserial", "serial4", "serial8"]);
        let made = item.has(&["generated", "identity", "auto_increment", "autoincrement"])
            || item.has(&["as"])
            || item.is_any(&["rowversion", "timestamp"]) && self.dialect.semicolons_are_optional;
        let mut default = item;
        default.until(&["default"]);
        let has_default = default.eat("default") && !default.is("null");
        let required = (has_phrase(item, "not null") || has_phrase(item, "primary key"))
            && !(serial || made || has_default);
        let stored = item.has(&["generated"]) && !item.has(&["virtual"]);
        What::AddColumn {
            required,
            filled: serial || made || has_default,
            rewrites: serial || stored || has_default && is_volatile(default),
        }
    }

    fn change(&mut self, owner: &Name, span: Span, item: Cursor<'_>) {
        let mut item = item;
        let mysql = self.dialect.keys_in_tables && item.is_any(&["modify", "change"]);
        if mysql {
            let changes = item.is("change");
            item.bump();
            item.eat("column");
            item.eat_phrase("if exists");
            let Some(mut column) = item.name_or_string(self.dialect) else {
                return;
            };
            // Whoever reads this has followed the new name.
            if changes && let Some(now) = item.name_or_string(self.dialect) {
                column = now;
            }
            let column = member(owner, &column);
            let words = type_of(item);
            self.push(What::Redefine(item.whole()), column.clone(), span);
            self.push(What::ChangeType(words.whole()), column, span);
        } else if item.eat("alter") {
            item.eat("column");
            item.eat_phrase("if exists");
            let Some(column) = item.name_or_string(self.dialect) else {
                return;
            };
            let column = member(owner, &column);
            if item.phrase("set not null") {
                self.push(What::SetNotNull, column, span);
            } else if item.is("drop") && item.any_at(1, &["default", "identity", "expression"]) {
                self.push(What::DropDefault, column, span);
            } else if item.eat_phrase("set data type") || item.eat("type") {
                let words = type_of(item);
                self.push(What::ChangeType(words.whole()), column, span);
            } else if self.dialect.semicolons_are_optional && !item.is_any(&["add", "drop", "set"])
            {
                // T-SQL: `ALTER COLUMN c int NOT NULL`
                let words = type_of(item);
                if has_phrase(item, "not null") {
                    self.push(What::SetNotNull, column.clone(), span);
                }
                self.push(What::ChangeType(words.whole()), column, span);
            }
        } else if item.is_any(&["enable", "force"]) && has_phrase(item, "row level security") {
            self.push(What::SecureRows, table(owner), span);
        } else if item.is_any(&["drop", "truncate", "detach", "exchange"])
            && item.is_at(1, "partition")
        {
            item.bump_by(2);
            item.eat_phrase("if exists");
            if let Some(partition) = item.name_or_string(self.dialect) {
                self.push(What::DropPartition, member(owner, &partition), span);
            }
        } else if self.dialect.release.rewrites_block
            && item.eat("set")
            && item.is_any(&["logged", "unlogged", "tablespace"])
        {
            self.push(What::Rewrite, table(owner), span);
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

/// What may stand behind a column's type.
const AFTER_TYPE: &[&str] = &[
    "not",
    "null",
    "default",
    "primary",
    "unique",
    "references",
    "check",
    "constraint",
    "collate",
    "generated",
    "using",
    "comment",
    "auto_increment",
    "first",
    "after",
    "on",
    "character",
    "charset",
    "as",
    "autoincrement",
    "identity",
    "storage",
    "compression",
];

/// PostgreSQL's functions that give another value for each row, so that a default of one is written
/// into every row at once. <https://www.postgresql.org/docs/current/sql-altertable.html> (Notes)
const VOLATILE: &[&str] = &[
    "random",
    "gen_random_uuid",
    "uuidv4",
    "uuidv7",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "clock_timestamp",
    "timeofday",
    "nextval",
    "setval",
    "gen_random_bytes",
    "gen_salt",
];

fn is_volatile(default: Cursor<'_>) -> bool {
    let mut default = default;
    while !default.is_empty() {
        if default.is_any(VOLATILE) && default.kind_at(1) == Some(TokenKind::Open) {
            return true;
        }
        if default.is_any(&["references", "check", "constraint", "unique"]) {
            return false;
        }
        default.bump();
    }
    false
}

fn has_phrase(cursor: Cursor<'_>, phrase: &str) -> bool {
    let mut cursor = cursor;
    cursor.until_where(|at| at.phrase(phrase));
    !cursor.is_empty()
}

/// The words of a type. `CHARACTER VARYING` begins with a word that may also end a type.
fn type_of(cursor: Cursor<'_>) -> Cursor<'_> {
    let start = cursor;
    let mut cursor = cursor;
    cursor.bump();
    cursor.until(AFTER_TYPE);
    start.before(&cursor)
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

fn table(name: &Name) -> Object {
    Object::new(Kind::Table, name.object())
}

fn member(owner: &Name, column: &Name) -> Object {
    Object::member(Kind::Column, owner.object(), column.last().clone())
}
