//! Constraints of tables and domains, in CREATE and ALTER, with what they imply: keys, indexes,
//! sequences, names.

use std::collections::BTreeSet;

use super::expr::{expr, is_value_word};
use super::from::plain_relation;
use super::names::{Named, Word, word};
use super::reader::{How, Reader};
use super::scope::{Rows, Scope, Visible};
use super::tree::{SyntaxKind as K, SyntaxNode, child, find, first_token, literal_text};
use super::{builtin, key, literal, types};
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Binding, Kind, Object, Part};
use crate::read::implied;
use crate::source::Span;

/// The table that constraints are put on.
pub(super) struct Table {
    /// Its name and the place of it in the statement.
    pub(super) named: Named,
    /// Its columns, where the statement makes them; their use goes without saying.
    pub(super) own_columns: BTreeSet<Ident>,
    /// Tables whose columns it has as well: parents and templates.
    pub(super) parents: Vec<ObjectName>,
    /// Names that its constraints have so far.
    pub(super) taken: BTreeSet<Ident>,
    /// The table is there, with rows: adding a constraint checks them.
    pub(super) existing: bool,
    /// What holds for what is made along with the table or column.
    pub(super) how: How,
    /// It is a domain, whose only constraints are checks.
    pub(super) domain: bool,
}

impl Table {
    /// A table that is there already.
    pub(super) fn existing(named: Named) -> Self {
        Self {
            named,
            own_columns: BTreeSet::new(),
            parents: Vec::new(),
            taken: BTreeSet::new(),
            existing: true,
            how: How::default(),
            domain: false,
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &ObjectName {
        &self.named.name
    }

    /// The scope of its checks, defaults and index expressions: its own columns are no facts where
    /// the statement makes them.
    pub(super) fn scope(&self) -> Scope<'static> {
        let mut scope = Scope::default();
        if self.domain {
            return scope;
        }
        scope.variables.clone_from(&self.own_columns);
        let owners: Vec<&ObjectName> = if self.parents.is_empty() {
            vec![self.name()]
        } else {
            self.parents.iter().collect()
        };
        for (index, owner) in owners.into_iter().enumerate() {
            scope.items.push(Visible {
                alias: (index == 0).then(|| self.name().name.clone()),
                rows: Rows::Of(owner.clone()),
                renamed: self.own_columns.iter().cloned().collect(),
            });
        }
        scope
    }

    /// `Use` of one of its columns.
    pub(super) fn uses_column(&self, r: &mut Reader<'_>, (column, span): &Word) {
        if self.own_columns.contains(column) {
            return;
        }
        let owners = if self.parents.is_empty() {
            vec![self.name().clone()]
        } else {
            self.parents.clone()
        };
        r.uses_column(owners, column.clone(), *span);
    }
}

/// The facts of one constraint; `column` is the column that it stands at, if it stands at one, and
/// `column_type` that column's type.
pub(super) fn constraint(
    r: &mut Reader<'_>,
    table: &mut Table,
    node: &SyntaxNode,
    column: Option<&Word>,
    column_type: Option<&SyntaxNode>,
) {
    let given = child(node, K::CONSTRAINT_NAME_CLAUSE)
        .and_then(|clause| child(&clause, K::CONSTRAINT_NAME))
        .and_then(|name| word(r, &name));
    match node.kind() {
        K::PRIMARY_KEY_CONSTRAINT | K::UNIQUE_CONSTRAINT => key::key(r, table, node, given, column),
        K::FOREIGN_KEY_CONSTRAINT | K::REFERENCES_CONSTRAINT => {
            key::foreign_key(r, table, node, given, column);
        }
        K::CHECK_CONSTRAINT => check(r, table, node, given),
        K::EXCLUDE_CONSTRAINT => key::exclude(r, table, node, given),
        K::DEFAULT_CONSTRAINT => default(r, table, node, column_type),
        K::GENERATED_CONSTRAINT => generated(r, table, node, column),
        K::NOT_NULL_CONSTRAINT => not_null(r, table, node, given, column),
        K::COLLATE => expr(r, node, &Scope::default()),
        _ => {}
    }
}

/// `Define` of a constraint under its given or implied name. Returns the name and the place.
pub(super) fn define(
    r: &mut Reader<'_>,
    table: &mut Table,
    given: Option<Word>,
    implied: Ident,
    place: Span,
) -> (Ident, Span, bool) {
    let (name, span, is_given) = match given {
        Some((name, span)) => (name, span, true),
        None => (implied::untaken(&table.taken, implied), place, false),
    };
    table.taken.insert(name.clone());
    let object = Object::member(Kind::Constraint, table.name().clone(), name.clone());
    let action = r.define(table.how);
    if is_given {
        r.push(action, object, span);
    } else {
        r.imply(action, object, span);
    }
    (name, span, is_given)
}

/// Says that rows that are there get checked.
pub(super) fn tighten(r: &mut Reader<'_>, table: &Table, columns: &[Word], place: Span) {
    if !table.existing {
        return;
    }
    if columns.is_empty() {
        let object = Object::new(Kind::Table, table.name().clone());
        r.push(Action::Tighten, object, place);
    }
    for (column, span) in columns {
        let object = Object::member(Kind::Column, table.name().clone(), column.clone());
        r.push(Action::Tighten, object, *span);
    }
}

fn check(r: &mut Reader<'_>, table: &mut Table, node: &SyntaxNode, given: Option<Word>) {
    let place = r.span(node);
    // The columns in the check decide its implied name.
    let mut mentioned: Vec<Word> = Vec::new();
    for name in node
        .descendants()
        .filter(|inner| inner.kind() == K::NAME_REF)
    {
        // `f(…)`, and the `f` of `schema.f(…)`.
        let callee = name
            .ancestors()
            .skip(1)
            .find(|outer| outer.kind() != K::FIELD_EXPR)
            .is_some_and(|outer| outer.kind() == K::CALL_EXPR);
        let qualifies = name
            .next_sibling_or_token()
            .is_some_and(|next| next.kind() == K::DOT);
        if let Some((column, span)) = word(r, &name)
            && !callee
            && !first_token(&name).is_some_and(|token| is_value_word(token.kind()))
            && !qualifies
            && !mentioned.iter().any(|(other, _)| *other == column)
        {
            mentioned.push((column, span));
        }
    }
    let implied = if table.domain {
        implied::check(&table.name().name, &[])
    } else {
        implied::check(&table.name().name, &key::names(&mentioned))
    };
    define(r, table, given, implied, place);
    stored_expression(r, table, node);
    if !table.domain && find(node, K::NOT_VALID).is_none() {
        tighten(r, table, &mentioned, place);
    }
}

/// An expression that is kept with the table and runs when rows are written: its functions do so.
pub(super) fn stored_expression(r: &mut Reader<'_>, table: &Table, node: &SyntaxNode) {
    let scope = table.scope();
    let before = r.out.facts.len();
    r.written(|r| {
        for part in node.children() {
            if part.kind() != K::CONSTRAINT_NAME_CLAUSE {
                expr(r, &part, &scope);
            }
        }
    });
    runs_on_write(r, table, before);
}

/// Every routine used since `before` runs when the table is written to.
fn runs_on_write(r: &mut Reader<'_>, table: &Table, before: usize) {
    if table.domain {
        return;
    }
    let routines: Vec<(Object, Span)> = r.out.facts[before..]
        .iter()
        .filter(|fact| fact.action == Action::Use && matches!(fact.object.part, Part::Arguments(_)))
        .map(|fact| (fact.object.clone(), fact.span))
        .collect();
    for (routine, span) in routines {
        let action = Action::RunsOnWrite {
            table: Box::new(table.name().clone()),
        };
        r.push(action, routine, span);
    }
}

/// `DEFAULT`, also of `ALTER COLUMN … SET DEFAULT`.
pub(super) fn default(
    r: &mut Reader<'_>,
    table: &Table,
    node: &SyntaxNode,
    column_type: Option<&SyntaxNode>,
) {
    stored_expression(r, table, node);
    if let Some(column_type) = column_type
        && let Some(literal) = child(node, K::LITERAL)
        && literal_text(&literal).is_some()
    {
        literal::enum_literal(r, column_type, &literal);
    }
}

fn generated(r: &mut Reader<'_>, table: &Table, node: &SyntaxNode, column: Option<&Word>) {
    if find(node, K::GENERATED_IDENTITY).is_some() {
        if let Some(column) = column {
            implied_sequence(r, table, column, Some(node));
        }
    } else {
        stored_expression(r, table, node);
    }
}

/// The sequence behind a serial or identity column, under its own name if the options give one.
pub(super) fn implied_sequence(
    r: &mut Reader<'_>,
    table: &Table,
    (column, span): &Word,
    options: Option<&SyntaxNode>,
) {
    let given = options
        .and_then(|options| find(options, K::OPTION_SEQUENCE_NAME))
        .and_then(|name| super::names::definition(r, &name));
    let action = r.define(table.how);
    match given {
        Some(named) => {
            let object = Object::new(Kind::Sequence, named.name);
            r.push(action, object, named.span);
        }
        None => {
            let name = implied::sequence(&table.name().name, column);
            let object = Object::new(Kind::Sequence, table.name().sibling(name));
            r.imply(action, object, *span);
        }
    }
}

fn not_null(
    r: &mut Reader<'_>,
    table: &mut Table,
    node: &SyntaxNode,
    given: Option<Word>,
    column: Option<&Word>,
) {
    // As an object it is there from PostgreSQL 18 on, and before that nobody refers to it.
    let named = child(node, K::COLUMN_NAME_REF).and_then(|name| word(r, &name));
    if let Some(named) = &named {
        table.uses_column(r, named);
    }
    if let Some((name, span)) = given {
        table.taken.insert(name.clone());
        let object = Object::member(Kind::Constraint, table.name().clone(), name);
        let action = r.define(table.how);
        r.push(action, object, span);
    }
    if column.is_none() && named.is_some() && find(node, K::NOT_VALID).is_none() {
        let place = r.span(node);
        let columns: Vec<Word> = named.into_iter().collect();
        tighten(r, table, &columns, place);
    }
}

/// `USING method`, unless it is one that is always there. Whether a key needs a class of an extension its
/// type tells, which may stand elsewhere: that is sure only of one that excludes what is equal.
pub(super) fn access_method(r: &mut Reader<'_>, node: &SyntaxNode) {
    let method = node
        .children()
        .filter(|child| {
            matches!(
                child.kind(),
                K::USING_METHOD | K::CONSTRAINT_INDEX_METHOD | K::SET_ACCESS_METHOD
            )
        })
        .find_map(|using| child(&using, K::ACCESS_METHOD_REF));
    if let Some((name, span)) = method.and_then(|method| word(r, &method))
        && (!builtin::is_access_method(name.as_str())
            || (is_extended(name.as_str()) && !names_all_classes(node)))
    {
        let is_there = builtin::is_access_method(name.as_str());
        let binding = if is_there && !excludes_equal(node) {
            Binding::Late
        } else {
            r.mode.binding
        };
        r.under(
            |mode| mode.binding = binding,
            |r| r.uses(Kind::AccessMethod, ObjectName::bare(name), span),
        );
    }
}

/// `EXCLUDE USING gist (c WITH =, …)`
fn excludes_equal(node: &SyntaxNode) -> bool {
    let mut lists = node.children();
    lists.any(|list| {
        list.kind() == K::CONSTRAINT_EXCLUSION_LIST
            && list.children().any(|item| {
                let text = item.text().to_string();
                text.trim_end().ends_with('=')
            })
    })
}

/// Whether every key of an index names its operator class, so that none is looked up for its type.
fn names_all_classes(node: &SyntaxNode) -> bool {
    let lists = node.children().filter(|child| {
        matches!(
            child.kind(),
            K::PARTITION_ITEM_LIST | K::CONSTRAINT_EXCLUSION_LIST
        )
    });
    let mut items = lists.flat_map(|list| list.children()).peekable();
    items.peek().is_some() && items.all(|item| find(&item, K::OP_CLASS_REF).is_some())
}

/// Methods whose operator classes for plain types come with an extension (btree_gist, btree_gin).
fn is_extended(method: &str) -> bool {
    matches!(method, "gist" | "gin")
}

/// `TABLESPACE s` and `USING INDEX TABLESPACE s` under the node.
pub(super) fn tablespace(r: &mut Reader<'_>, node: &SyntaxNode) {
    let space = node
        .children()
        .filter(|child| {
            matches!(
                child.kind(),
                K::TABLESPACE_CLAUSE | K::CONSTRAINT_INDEX_TABLESPACE | K::SET_TABLESPACE
            )
        })
        .find_map(|clause| child(&clause, K::TABLESPACE_REF));
    if let Some((name, span)) = space.and_then(|space| word(r, &space))
        && !matches!(name.as_str(), "pg_default" | "pg_global")
    {
        r.uses(Kind::Tablespace, ObjectName::bare(name), span);
    }
}

/// The tables of `INHERITS (…)`, `PARTITION OF`, `LIKE`: used, and the source of columns.
pub(super) fn parent(r: &mut Reader<'_>, table: &mut Table, node: &SyntaxNode) {
    for name in node
        .descendants()
        .filter(|inner| matches!(inner.kind(), K::TABLE_NAME_REF | K::RELATION_NAME_REF))
    {
        plain_relation(r, &name, Kind::Relation);
        let parts = super::names::path(r, &name);
        if let Some(named) = super::names::referred(r, &parts) {
            if node.kind() == K::PARTITION_OF {
                let child = Object::new(Kind::Table, table.name().clone());
                let parent = named.name.clone();
                r.push(
                    Action::Partitions {
                        parent: Box::new(parent),
                    },
                    child,
                    named.span,
                );
            }
            table.parents.push(named.name);
        }
    }
}

/// A type of a column, `serial` included, which is a sequence as well.
pub(super) fn column_type(r: &mut Reader<'_>, table: &Table, node: &SyntaxNode, column: &Word) {
    types::uses(r, node);
    let serial = types::builtin_name(r, node).is_some_and(|name| {
        matches!(
            name.as_str(),
            "serial" | "serial4" | "bigserial" | "serial8" | "smallserial" | "serial2"
        )
    });
    if serial {
        implied_sequence(r, table, column, None);
    }
}
