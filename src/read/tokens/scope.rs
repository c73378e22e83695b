//! Which tables a query's names belong to.

use std::collections::{BTreeMap, BTreeSet};

use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object};

use super::cursor::Name;
use super::out::Out;

/// Names of columns, where all of them are known.
pub(super) type Columns = Option<BTreeSet<Ident>>;

/// Something in a FROM list.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// The name under which the query speaks of it.
    pub(super) alias: Option<Ident>,
    /// What it is.
    pub(super) what: What,
    /// Only `alias.column` means it: `NEW`, `excluded`.
    pub(super) only_qualified: bool,
}

/// What stands behind an item of a FROM list.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// A table or view.
    Table(ObjectName),
    /// A CTE, a subselect or a function: its columns are no object's.
    Derived(Columns),
}

impl Item {
    pub(super) fn table(alias: Option<Ident>, table: ObjectName) -> Self {
        Self {
            alias: Some(alias.unwrap_or_else(|| table.name.clone())),
            what: What::Table(table),
            only_qualified: false,
        }
    }

    pub(super) fn derived(alias: Option<Ident>, columns: Columns) -> Self {
        Self {
            alias,
            what: What::Derived(columns),
            only_qualified: false,
        }
    }

    /// `NEW`, `OLD`, `excluded`: rows of a table that are named outside any FROM list.
    pub(super) fn rows(alias: &str, table: ObjectName) -> Self {
        Self {
            alias: Some(Ident::folded(alias)),
            what: What::Table(table),
            only_qualified: true,
        }
    }
}

/// The names that one query brings into play.
#[derive(Debug, Default)]
pub(super) struct Scope<'o> {
    /// The query around it.
    pub(super) outer: Option<&'o Scope<'o>>,
    /// CTEs and their columns.
    pub(super) ctes: BTreeMap<Ident, Columns>,
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
    pub(super) fn cte(&self, name: &Ident) -> Option<&Columns> {
        self.chain().find_map(|scope| scope.ctes.get(name))
    }

    /// What an alias or table name stands for.
    pub(super) fn find(&self, alias: &Ident) -> Option<&What> {
        self.chain()
            .flat_map(|scope| &scope.items)
            .find(|item| item.alias.as_ref() == Some(alias))
            .map(|item| &item.what)
    }

    /// The tables that a column without a qualifier may belong to, the likeliest first. Empty when
    /// it may as well belong to something that is no object.
    fn owners(&self, column: &Ident) -> Vec<ObjectName> {
        let mut owners: Vec<ObjectName> = Vec::new();
        for scope in self.chain() {
            for item in &scope.items {
                if item.only_qualified {
                    continue;
                }
                match &item.what {
                    What::Table(table) => {
                        if !owners.contains(table) {
                            owners.push(table.clone());
                        }
                    }
                    What::Derived(Some(columns)) if !columns.contains(column) => {}
                    What::Derived(_) => return Vec::new(),
                }
            }
        }
        owners
    }
}

/// A column that an expression names, with or without its table.
pub(super) fn column(out: &mut Out<'_>, scope: &Scope<'_>, name: &Name, action: &Action) {
    let column = name.last();
    let span = name.last_span();
    let Some(owner) = name.owner() else {
        if out.now.variables.contains(column) {
            return;
        }
        let mut owners = scope.owners(column).into_iter();
        if let Some(first) = owners.next() {
            let object = Object::member(Kind::Column, first, column.clone());
            out.push_or(action.clone(), object, owners.collect(), span);
        }
        return;
    };
    let found = match owner.schema() {
        None => match scope.find(owner.last()) {
            Some(What::Table(table)) => Some(table.clone()),
            _ => None,
        },
        Some((schema, _)) => scope
            .chain()
            .flat_map(|scope| &scope.items)
            .find_map(|item| match &item.what {
                What::Table(table)
                    if table.name == *owner.last()
                        && table
                            .schema
                            .as_ref()
                            .is_none_or(|written| written == schema) =>
                {
                    Some(table.clone())
                }
                _ => None,
            }),
    };
    if let Some(table) = found {
        out.column(action.clone(), &table, column, name.span());
    } else if let Some((first, _)) = name.parts.first()
        && name.parts.len() == 3
        && let Some(What::Table(table)) = scope.find(first)
    {
        // `alias.column.field` of a composite or JSON column.
        let (column, span) = name.parts[1].clone();
        out.column(action.clone(), &table.clone(), &column, span);
    }
}
