//! Scopes: which names a query can see, and to which tables an unqualified column may belong.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::name::{Ident, ObjectName};

/// The rows that a name in FROM stands for.
#[derive(Clone, Debug)]
pub(super) enum Rows {
    /// Those of a table or view.
    Of(ObjectName),
    /// Those of a subselect or a WITH query.
    Derived(Rc<Derived>),
    /// Those of a function or the like: no column of them is an object.
    Other,
}

/// The columns of a query.
#[derive(Clone, Debug, Default)]
pub(super) struct Derived {
    /// Those that have a name of their own.
    pub(super) columns: Vec<Ident>,
    /// The rows whose columns came through a `*`.
    pub(super) through: Vec<Visible>,
}

/// A name in FROM.
#[derive(Clone, Debug)]
pub(super) struct Visible {
    /// The alias, or the table's own name.
    pub(super) alias: Option<Ident>,
    /// Its rows.
    pub(super) rows: Rows,
    /// Columns that the alias names anew.
    pub(super) renamed: Vec<Ident>,
}

/// What one level of a query can see.
#[derive(Debug, Default)]
pub(super) struct Scope<'p> {
    /// The level around it.
    pub(super) parent: Option<&'p Scope<'p>>,
    /// WITH queries.
    pub(super) queries: Vec<(Ident, Rc<Derived>)>,
    /// FROM.
    pub(super) items: Vec<Visible>,
    /// Parameters, variables, records and labels.
    pub(super) variables: BTreeSet<Ident>,
    /// The types and tables whose rows parameters (`$1` among them) and variables hold.
    pub(super) rows: BTreeMap<Ident, ObjectName>,
}

impl<'p> Scope<'p> {
    /// A new level.
    pub(super) fn inside(parent: &'p Scope<'p>) -> Self {
        Self {
            parent: Some(parent),
            ..Self::default()
        }
    }

    /// The same level without FROM: what a subselect in FROM sees that is not LATERAL.
    pub(super) fn without_items(&self) -> Self {
        Self {
            parent: self.parent,
            queries: self.queries.clone(),
            items: Vec::new(),
            variables: self.variables.clone(),
            rows: self.rows.clone(),
        }
    }

    /// A level that sees the rows of one table.
    pub(super) fn of_table(parent: &'p Scope<'p>, table: &ObjectName) -> Self {
        let mut scope = Self::inside(parent);
        scope.see_table(table.name.clone(), table);
        scope
    }

    /// Lets the rows of a table be seen under a name.
    pub(super) fn see_table(&mut self, alias: Ident, table: &ObjectName) {
        self.items.push(Visible {
            alias: Some(alias),
            rows: Rows::Of(table.clone()),
            renamed: Vec::new(),
        });
    }

    fn levels(&self) -> impl Iterator<Item = &Scope<'p>> {
        std::iter::successors(Some(self), |scope| scope.parent)
    }

    /// The WITH query of that name.
    pub(super) fn query(&self, name: &Ident) -> Option<Rc<Derived>> {
        self.levels()
            .flat_map(|scope| scope.queries.iter().rev())
            .find(|(query, _)| query == name)
            .map(|(_, derived)| Rc::clone(derived))
    }

    /// What a name in FROM stands for.
    pub(super) fn visible(&self, name: &Ident) -> Option<&Visible> {
        self.levels()
            .flat_map(|scope| scope.items.iter())
            .find(|visible| visible.alias.as_ref() == Some(name))
    }

    /// The tables that an unqualified column may belong to, the nearest first. Empty for a variable
    /// and for a column of a subselect.
    pub(super) fn owners(&self, column: &Ident) -> Vec<ObjectName> {
        let mut found = Vec::new();
        for scope in self.levels() {
            if scope.variables.contains(column) {
                // With a table in sight PL/pgSQL refuses a name that is both; so it is the variable's.
                return Vec::new();
            }
            let level: Option<Vec<Vec<ObjectName>>> = scope
                .items
                .iter()
                .map(|visible| visible.owners(column))
                .collect();
            match level {
                Some(owners) => found.extend(owners.into_iter().flatten()),
                // It is a subselect's, and then no table beside it can have it, or the name would
                // be ambiguous.
                None => break,
            }
        }
        let mut distinct = Vec::new();
        for owner in found {
            if !distinct.contains(&owner) {
                distinct.push(owner);
            }
        }
        distinct
    }

    /// The tables that `name.column` or `schema.name.column` may belong to.
    pub(super) fn owners_of(
        &self,
        schema: Option<&Ident>,
        name: &Ident,
        column: &Ident,
    ) -> Vec<ObjectName> {
        for scope in self.levels() {
            for visible in &scope.items {
                let matches = match (schema, &visible.rows) {
                    (None, _) => visible.alias.as_ref() == Some(name),
                    (Some(schema), Rows::Of(table)) => {
                        table.name == *name && table.schema.as_ref() == Some(schema)
                    }
                    (Some(_), _) => false,
                };
                if matches {
                    return visible.owners(column).unwrap_or_default();
                }
            }
            if schema.is_none() && scope.holds(name) {
                return scope.rows.get(name).cloned().into_iter().collect();
            }
        }
        Vec::new()
    }

    /// Whether the name is a variable's at this level.
    fn holds(&self, name: &Ident) -> bool {
        self.variables.contains(name) || self.rows.contains_key(name)
    }

    /// Whether the name stands for a row: of FROM, or of a parameter or variable.
    pub(super) fn is_row(&self, name: &Ident) -> bool {
        self.visible(name).is_some()
            || self
                .levels()
                .find(|scope| scope.holds(name))
                .is_some_and(|scope| scope.rows.contains_key(name))
    }

    /// Everything in FROM at this level, for a `*`.
    pub(super) fn star(&self) -> Vec<Visible> {
        self.items.clone()
    }
}

impl Visible {
    /// Whether the rows go by another name than their table's own.
    pub(super) fn is_renamed(&self) -> bool {
        !matches!(&self.rows, Rows::Of(table) if self.alias.as_ref() == Some(&table.name))
    }

    /// The tables that a column of these rows may belong to; `None` when the column is certainly
    /// something else.
    fn owners(&self, column: &Ident) -> Option<Vec<ObjectName>> {
        if self.renamed.contains(column) {
            return None;
        }
        match &self.rows {
            Rows::Of(table) => Some(vec![table.clone()]),
            Rows::Derived(derived) => derived.owners(column),
            Rows::Other => Some(Vec::new()),
        }
    }
}

impl Derived {
    fn owners(&self, column: &Ident) -> Option<Vec<ObjectName>> {
        if self.columns.contains(column) {
            return None;
        }
        let mut found = Vec::new();
        for visible in &self.through {
            found.extend(visible.owners(column)?);
        }
        Some(found)
    }

    /// The same rows with a list of new names for the first columns.
    pub(super) fn renamed(mut self, names: Vec<Ident>) -> Self {
        if names.is_empty() {
            return self;
        }
        if self.through.is_empty() {
            let rest = self.columns.split_off(names.len().min(self.columns.len()));
            self.columns = names;
            self.columns.extend(rest);
        } else {
            // How many columns a `*` stands for is not known here; a list nearly always names all.
            self.columns = names;
            self.through.clear();
        }
        self
    }
}
