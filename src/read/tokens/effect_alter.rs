//! Effects of ALTER TABLE on code that runs already. tests/phases has every subcommand of the manuals.
//! <https://www.postgresql.org/docs/current/sql-altertable.html>
//! <https://mariadb.com/kb/en/alter-table/>
//! <https://dev.mysql.com/doc/refman/8.4/en/alter-table.html>

use crate::dialect::lex::TokenKind;
use crate::read::column::AFTER_TYPE;
use crate::read::effect::What;
use crate::read::fact::{Kind, Object, Part};
use crate::source::Span;

use super::alter::switched;
use super::cursor::{Cursor, Name, unquoted};
use super::effect::{Reader, has_phrase, table};

impl Reader<'_> {
    pub(super) fn alter_table(&mut self, cursor: Cursor<'_>) {
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
        } else if item.is_any(&["default", "period", "partition", "system"]) {
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
            let is_key = item.has(&["unique"]) || has_phrase(item, "primary key");
            let is_same = matches!(
                what,
                What::AddColumn {
                    filled: true,
                    rewrites: false,
                    ..
                }
            );
            self.push(what, member(owner, &column), span);
            if is_key && is_same && !makes_values(item) {
                self.push(What::EqualValues, member(owner, &column), span);
            }
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
        let serial = item.is_any(SERIAL);
        let made = makes_values(item)
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
        let mysql = self.dialect.keys_in_tables && !self.dialect.semicolons_are_optional;
        if mysql && item.is_any(&["modify", "change"]) {
            self.modify(owner, span, item);
        } else if mysql && item.eat("alter") {
            self.alter_mysql(owner, span, item);
        } else if item.eat("alter") {
            self.alter_member(owner, span, item);
        } else if item.is_any(&["enable", "force"]) && has_phrase(item, "row level security") {
            self.push(What::SecureRows, table(owner), span);
        } else if item.is_any(&["enable", "disable"]) {
            self.switch(owner, span, item);
        } else if item.eat_phrase("replica identity") {
            if item.is("nothing") {
                self.push(What::OtherEffect, table(owner), span);
            }
        } else if item.eat_phrase("owner to") {
            self.push(What::Owner, table(owner), span);
        } else if item.eat_phrase("no inherit") {
            if let Some(parent) = item.name(self.dialect) {
                self.push(What::DropPartition, member(&parent, owner), span);
            }
        } else if item.eat_phrase("attach partition") {
            if let Some(partition) = item.name(self.dialect) {
                self.push(What::AttachPartition, table(&partition), span);
            }
        } else if mysql && item.is_any(&["convert", "partition", "discard"])
            || item.phrase("drop system versioning")
        {
            self.change_whole(owner, span, item);
        } else if self.dialect.semicolons_are_optional && item.is("switch") {
            self.push(What::DeleteAll, table(owner), span);
        } else if self.dialect.semicolons_are_optional && item.phrase("check constraint") {
            self.push(What::AddCheck { checked: true }, table(owner), span);
        } else if item.is_any(&["drop", "truncate", "detach", "exchange"])
            && item.is_at(1, "partition")
        {
            item.bump_by(2);
            item.eat_phrase("if exists");
            if let Some(partition) = item.name_or_string(self.dialect) {
                self.push(What::DropPartition, member(owner, &partition), span);
            }
        } else if self.dialect.release.rewrites_block
            && (item.phrase("split partition")
                || item.phrase("merge partitions")
                || item.phrase("set access method")
                || item.phrase("set logged")
                || item.phrase("set unlogged")
                || item.phrase("set tablespace"))
        {
            self.push(What::Rewrite, table(owner), span);
        }
    }

    /// `MODIFY c …` and `CHANGE c d …`.
    fn modify(&mut self, owner: &Name, span: Span, item: Cursor<'_>) {
        let mut item = item;
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
        let what = What::ChangeType {
            words: type_of(item).whole(),
            computed: false,
        };
        self.push(What::Redefine(item.whole()), column.clone(), span);
        if item.has(&["invisible"]) {
            self.push(What::OtherEffect, column.clone(), span);
        }
        self.push(what, column, span);
    }

    /// MariaDB's and MySQL's `ALTER [COLUMN] c …`, `ALTER INDEX i …`, `ALTER CHECK c …`.
    fn alter_mysql(&mut self, owner: &Name, span: Span, item: Cursor<'_>) {
        let mut item = item;
        if item.is_any(&["index", "key"]) && !item.any_at(1, &["drop", "set"]) {
            return;
        }
        if item.is_any(&["check", "constraint"]) && !item.any_at(1, &["drop", "set"]) {
            if item.has(&["enforced"]) && !has_phrase(item, "not enforced") {
                self.push(What::AddCheck { checked: true }, table(owner), span);
            }
            return;
        }
        item.eat("column");
        item.eat_phrase("if exists");
        let Some(column) = item.name_or_string(self.dialect) else {
            return;
        };
        if item.phrase("drop default") {
            self.push(What::DropDefault, member(owner, &column), span);
        } else if item.phrase("set invisible") {
            self.push(What::OtherEffect, member(owner, &column), span);
        }
    }

    /// `ALTER [COLUMN] c …`, `ALTER CONSTRAINT c …`.
    fn alter_member(&mut self, owner: &Name, span: Span, item: Cursor<'_>) {
        let mut item = item;
        if item.is("constraint") && item.named_at(1) && !item.any_at(1, &["type", "set"]) {
            if item.has(&["enforced"]) && !has_phrase(item, "not enforced") {
                self.push(What::AddForeignKey { checked: true }, table(owner), span);
            }
            return;
        }
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
        } else if item.phrase("add generated always") || item.phrase("set generated always") {
            self.push(What::OtherEffect, column, span);
        } else if item.phrase("set expression") {
            self.push(What::OtherEffect, column, span);
            if self.dialect.release.rewrites_block {
                self.push(What::Rewrite, table(owner), span);
            }
        } else if item.eat_phrase("set data type") || item.eat("type") {
            let words = type_of(item).whole();
            let computed = is_computed(item, column_words(&column));
            self.push(What::ChangeType { words, computed }, column, span);
        } else if self.dialect.semicolons_are_optional && !item.is_any(&["add", "drop", "set"]) {
            // T-SQL: `ALTER COLUMN c int NOT NULL`
            let words = type_of(item).whole();
            if has_phrase(item, "not null") {
                self.push(What::SetNotNull, column.clone(), span);
            }
            let computed = false;
            self.push(What::ChangeType { words, computed }, column, span);
        }
    }

    /// `DISABLE TRIGGER t`, `ENABLE ALWAYS RULE r`.
    fn switch(&mut self, owner: &Name, span: Span, item: Cursor<'_>) {
        let mut item = item;
        let on = item.is("enable") && !item.is_at(1, "replica");
        let Some(kind) = switched(&mut item) else {
            return;
        };
        let Some(name) = item.name(self.dialect) else {
            return;
        };
        let object = Object::member(kind, owner.object(), name.last().clone());
        self.push(
            if on { What::SwitchOn } else { What::SwitchOff },
            object,
            span,
        );
    }

    /// What MariaDB and MySQL do to tables as wholes and to partitions.
    fn change_whole(&mut self, owner: &Name, span: Span, item: Cursor<'_>) {
        let mut item = item;
        if item.phrase("drop system versioning") {
            self.push(What::OtherEffect, table(owner), span);
        } else if item.eat_phrase("convert to") {
            // `CONVERT TO CHARACTER SET utf8mb4` keeps every character there may be.
            if !item.has(&["utf8mb4"]) {
                self.push(What::OtherEffect, table(owner), span);
            }
        } else if item.eat_phrase("convert table") {
            if let Some(name) = item.name(self.dialect) {
                self.push(What::TableToPartition, table(&name), span);
            }
        } else if item.eat_phrase("convert partition") || item.eat_phrase("discard partition") {
            if let Some(partition) = item.name_or_string(self.dialect) {
                self.push(What::DropPartition, member(owner, &partition), span);
            }
        } else if item.phrase("discard tablespace") {
            self.push(What::DeleteAll, table(owner), span);
        } else if item.eat_phrase("partition by")
            && item.is_any(&["range", "list"])
            && !has_anywhere(item, &["maxvalue", "default"])
        {
            // A row that is of no partition is refused.
            self.push(What::AddCheck { checked: true }, table(owner), span);
        }
    }
}

/// Whether one of the words stands there, in brackets, too.
fn has_anywhere(item: Cursor<'_>, words: &[&str]) -> bool {
    let mut item = item;
    while !item.is_empty() && !item.is_any(words) {
        item.bump();
    }
    !item.is_empty()
}

/// PostgreSQL's types that have a sequence.
const SERIAL: &[&str] = &["serial", "bigserial", "smallserial", "serial4", "serial8"];

/// Whether the definition of a column lets the engine make its values.
fn makes_values(item: Cursor<'_>) -> bool {
    item.has(&[
        "generated",
        "identity",
        "auto_increment",
        "autoincrement",
        "as",
    ]) || item.is_any(SERIAL)
}

/// Whether `USING` makes more of a column than its value in the new type.
fn is_computed(item: Cursor<'_>, column: &str) -> bool {
    let mut item = item;
    item.until(&["using"]);
    if !item.eat("using") {
        return false;
    }
    if let Some(inside) = item.is_open().then(|| item.inside()) {
        item = inside;
    }
    let is_column = |item: &Cursor<'_>| {
        let text = item.text();
        text.eq_ignore_ascii_case(column) || unquoted(text) == column
    };
    if !is_column(&item) {
        return true;
    }
    item.bump();
    !(item.is_empty() || item.is_op("::"))
}

fn column_words(column: &Object) -> &str {
    match &column.part {
        Part::Member(name) => name.as_str(),
        _ => "",
    }
}

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

/// The words of a type.
fn type_of(cursor: Cursor<'_>) -> Cursor<'_> {
    let start = cursor;
    let mut cursor = cursor;
    cursor.bump();
    cursor.until_where(|at| {
        at.kind() == Some(TokenKind::Semicolon)
            || at.is_any(AFTER_TYPE)
            || at.phrase("character set")
    });
    start.before(&cursor)
}

fn member(owner: &Name, column: &Name) -> Object {
    Object::member(Kind::Column, owner.object(), column.last().clone())
}
