//! Which tables a query's names belong to.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object};

use super::cursor::Name;
use super::out::Out;

/// Something in a FROM list.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The name under which the query speaks of it.
    pub(super) alias: Option<Ident>,
    /// What it is.
    pub(super) what: What,
    /// Names that its alias gives to its columns.
    pub(super) renamed: Vec<Ident>,
    /// Only `alias.column` means it: `NEW`, `excluded`.
    pub(super) only_qualified: bool,
}

impl Item {
    /// Whether it goes by another name than its table's own.
    fn is_renamed(&self) -> bool {
        let own =
            matches!(&self.what, What::Table(table) if self.alias.as_ref() == Some(&table.name));
        !own && !self.only_qualified
    }
}

/// What stands behind an item of a FROM list.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// A table or view.
    Table(ObjectName),
    /// A CTE, a subselect or a function.
    Derived(Rc<Derived>),
}

/// The columns of a query.
#[derive(Clone, Debug, Default)]
pub(super) struct Derived {
    /// Those that have a name of their own.
    pub(super) columns: BTreeSet<Ident>,
    /// Tables whose columns came through a `*`.
    pub(super) tables: Vec<ObjectName>,
}

impl Derived {
    /// Takes over all columns of an item.
    pub(super) fn star(&mut self, item: &Item) {
        self.columns.extend(item.renamed.iter().cloned());
        match &item.what {
            What::Table(table) => self.add_table(table),
            What::Derived(derived) => {
                self.columns.extend(derived.columns.iter().cloned());
                for table in &derived.tables {
                    self.add_table(table);
                }
            }
        }
    }

    fn add_table(&mut self, table: &ObjectName) {
        // More than these are no help to anyone.
        if self.tables.len() < 32 && !self.tables.contains(table) {
            self.tables.push(table.clone());
        }
    }

    /// The same with a list of new names for the columns.
    pub(super) fn renamed(self, names: Vec<Ident>) -> Self {
        if names.is_empty() {
            return self;
        }
        let columns = if self.tables.is_empty() {
            self.columns.into_iter().chain(names).collect()
        } else {
            names.into_iter().collect()
        };
        Self {
            columns,
            tables: Vec::new(),
        }
    }
}

impl Item {
    pub(super) fn table(alias: Option<Ident>, table: ObjectName) -> Self {
        Self {
            alias: Some(alias.unwrap_or_else(|| table.name.clone())),
            what: What::Table(table),
            renamed: Vec::new(),
            only_qualified: false,
        }
    }

    pub(super) fn derived(alias: Option<Ident>, derived: Rc<Derived>) -> Self {
        Self {
            alias,
            what: What::Derived(derived),
            renamed: Vec::new(),
            only_qualified: false,
        }
    }

    /// Something whose columns nobody knows.
    pub(super) fn other(alias: Option<Ident>, renamed: Vec<Ident>) -> Self {
        Self {
            renamed,
            ..Self::derived(alias, Rc::default())
        }
    }

    /// `NEW`, `OLD`, `excluded`: rows of a table that are named outside any FROM list.
    pub(super) fn rows(alias: &str, table: ObjectName) -> Self {
        Self {
            only_qualified: true,
            ..Self::table(Some(Ident::folded(alias)), table)
        }
    }

    /// The tables that a column of these rows may belong to; `None` when the column is certainly
    /// something else.
    fn owners(&self, column: &Ident) -> Option<&[ObjectName]> {
        if self.renamed.contains(column) {
            return None;
        }
        match &self.what {
            What::Table(table) => Some(std::slice::from_ref(table)),
            What::Derived(derived) if derived.columns.contains(column) => None,
            What::Derived(derived) => Some(&derived.tables),
        }
    }
}

/// The names that one query brings into play.
#[derive(Debug, Default)]
pub(super) struct Scope<'o> {
    /// The query around it.
    pub(super) outer: Option<&'o Scope<'o>>,
    /// CTEs and their columns.
    pub(super) ctes: BTreeMap<Ident, Rc<Derived>>,
    /// The FROM list.
    pub(super) items: Vec<Item>,
    /// Names of the query's own output columns, which ORDER BY and GROUP BY may use.
    pub(super) outputs: BTreeSet<Ident>,
}

impl<'o> Scope<'o> {
    pub(super) fn inside(outer: &'o Scope<'o>) -> Self {
        Self {
            outer: Some(outer),
            ..Self::default()
        }
    }

    /// A scope with one table.
    pub(super) fn of_table(table: &ObjectName) -> Self {
        Self {
            items: vec![Item::table(None, table.clone())],
            ..Self::default()
        }
    }

    fn chain(&self) -> impl Iterator<Item = &Self> {
        let mut next = Some(self);
        std::iter::from_fn(move || {
            let here = next?;
            next = here.outer;
            Some(here)
        })
    }

    /// The columns of the CTE of this name, if there is one.
    pub(super) fn cte(&self, name: &Ident) -> Option<Rc<Derived>> {
        self.chain().find_map(|scope| scope.ctes.get(name).cloned())
    }

    /// What an alias or table name stands for.
    pub(super) fn find(&self, alias: &Ident) -> Option<&Item> {
        self.chain()
            .flat_map(|scope| &scope.items)
            .find(|item| item.alias.as_ref() == Some(alias))
    }

    /// The table that an alias or table name stands for.
    pub(super) fn table(&self, alias: &Ident) -> Option<&ObjectName> {
        match &self.find(alias)?.what {
            What::Table(table) => Some(table),
            What::Derived(_) => None,
        }
    }

    /// The item that `schema.table` stands for.
    fn find_qualified(&self, schema: &Ident, table: &Ident) -> Option<&Item> {
        self.chain()
            .flat_map(|scope| &scope.items)
            .find(|item| match &item.what {
                What::Table(name) => {
                    name.name == *table && name.schema.as_ref().is_none_or(|own| own == schema)
                }
                What::Derived(_) => false,
            })
    }

    /// The tables that a column without a qualifier may belong to, the nearest first. Empty when it
    /// is no object's, and for a whole row.
    fn owners(&self, column: &Ident) -> Vec<ObjectName> {
        let mut owners: Vec<ObjectName> = Vec::new();
        for scope in self.chain() {
            let from_inside = owners.len();
            for item in &scope.items {
                if item.only_qualified {
                    continue;
                }
                if item.alias.as_ref() == Some(column) {
                    return Vec::new();
                }
                let Some(tables) = item.owners(column) else {
                    // It is certainly this one's; what is farther inside may have it as well.
                    owners.truncate(from_inside);
                    return owners;
                };
                for table in tables {
                    // More than these are no help to anyone.
                    if owners.len() < 32 && !owners.contains(table) {
                        owners.push(table.clone());
                    }
                }
            }
        }
        owners
    }

    /// All columns of the FROM list.
    pub(super) fn star(&self) -> Derived {
        let mut all = Derived::default();
        for item in &self.items {
            if !item.only_qualified {
                all.star(item);
            }
        }
        all
    }
}

/// The columns that every table of the engine has, and words that stand for values.
fn is_no_column(column: &Ident, out: &Out<'_>) -> bool {
    let name = column.as_str();
    if out.dialect.queries.pseudo_columns.contains(&name) {
        return true;
    }
    if out.dialect.bodies_are_strings {
        matches!(
            name,
            "oid" | "ctid" | "xmin" | "xmax" | "cmin" | "cmax" | "tableoid"
        )
    } else {
        out.dialect.semicolons_are_optional && name == "$action"
    }
}

/// A column that an expression names, with or without its table.
pub(super) fn column(out: &mut Out<'_>, scope: &Scope<'_>, name: &Name, action: &Action) {
    let (column, span) = (name.last(), name.last_span());
    let owners: Vec<ObjectName> = match name.owner() {
        None if out.now.variables.contains(column) => return,
        // A whole row. A column of that name would win, but aliases are seldom named so; tables are.
        None if scope.find(column).is_some_and(Item::is_renamed) => return,
        None => scope.owners(column),
        Some(owner) => {
            let item = match owner.schema() {
                None => scope.find(owner.last()),
                Some((schema, _)) => scope.find_qualified(schema, owner.last()),
            };
            match item {
                Some(item) => item.owners(column).unwrap_or_default().to_vec(),
                None => return field(out, scope, name, action),
            }
        }
    };
    push(out, owners, column, span, action);
}

/// `alias.column.field` of a composite column.
fn field(out: &mut Out<'_>, scope: &Scope<'_>, name: &Name, action: &Action) {
    let [(alias, _), (column, span), _] = name.parts.as_slice() else {
        return;
    };
    if let Some(item) = scope.find(alias) {
        let owners = item.owners(column).unwrap_or_default().to_vec();
        push(out, owners, column, *span, action);
    }
}

fn push(
    out: &mut Out<'_>,
    owners: Vec<ObjectName>,
    column: &Ident,
    span: crate::source::Span,
    action: &Action,
) {
    if is_no_column(column, out) {
        return;
    }
    let mut owners = owners.into_iter();
    if let Some(first) = owners.next() {
        let object = Object::member(Kind::Column, first, column.clone());
        out.push_or(action.clone(), object, owners.collect(), span);
    }
}
