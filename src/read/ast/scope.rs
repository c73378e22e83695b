//! What names mean at one place of a query: the relations of FROM, the common table expressions,
//! the aliases of the select list, the variables of a routine; and around all that the outer query.

use crate::name::{Ident, ObjectName};

/// The columns that a query or an alias shows to the outside.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    /// Names that the text gives.
    pub(super) names: Vec<Ident>,
    /// Tables all of whose columns are shown (`SELECT *`).
    pub(super) all_of: Vec<ObjectName>,
    /// There may be more: a function's result, a column without a name.
    pub(super) more: bool,
}

/// One relation of FROM.
#[derive(Debug)]
pub(super) struct Relation {
    /// The name that stands for it in the query, unless it has none.
    pub(super) alias: Option<Ident>,
    /// The schema that may stand before the name, for a table without an alias.
    pub(super) schema: Option<Ident>,
    pub(super) columns: Shown,
    /// Its columns need the name before them: NEW, OLD, `excluded`.
    pub(super) qualified_only: bool,
}

/// What the columns of a relation are.
#[derive(Clone, Debug)]
pub(super) enum Shown {
    /// Those of a table or view.
    Table(ObjectName),
    /// Those of a query, function or variable.
    Columns(Columns),
}

/// The names at one level of a query.
#[derive(Debug, Default)]
pub(super) struct Scope<'outer> {
    outer: Option<&'outer Self>,
    pub(super) relations: Vec<Relation>,
    pub(super) ctes: Vec<(Ident, Columns)>,
    /// Aliases of the select list, which columns of the outer query do not reach through.
    pub(super) aliases: Vec<Ident>,
    /// Parameters and local variables: never columns.
    pub(super) variables: Vec<Ident>,
}

/// What a column reference turns out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A column of one of these, the nearest first.
    ColumnOf(Vec<ObjectName>),
    /// Something that no other statement makes.
    Local,
}

impl<'outer> Scope<'outer> {
    pub(super) fn inside(outer: &'outer Self) -> Self {
        Self {
            outer: Some(outer),
            ..Self::default()
        }
    }

    /// A scope whose only relation is `table`.
    pub(super) fn of_table(table: &ObjectName) -> Self {
        Self {
            relations: vec![Relation::table(table.clone(), None)],
            ..Self::default()
        }
    }

    fn levels(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |scope| scope.outer)
    }

    /// The common table expression of that name.
    pub(super) fn cte(&self, name: &Ident) -> Option<&Columns> {
        self.levels()
            .flat_map(|scope| scope.ctes.iter().rev())
            .find_map(|(own, columns)| (own == name).then_some(columns))
    }

    /// A column without a qualifier.
    pub(super) fn column(&self, column: &Ident) -> Meaning {
        if self.levels().any(|scope| scope.variables.contains(column)) {
            return Meaning::Local;
        }
        let mut owners = Vec::new();
        for scope in self.levels() {
            if scope.aliases.contains(column) {
                break;
            }
            let relations = scope
                .relations
                .iter()
                .filter(|relation| !relation.qualified_only);
            if relations.clone().any(|relation| relation.names(column)) {
                break;
            }
            for relation in relations {
                owners.extend(relation.tables().iter().cloned());
            }
        }
        Meaning::of(owners)
    }

    /// A column with a qualifier.
    pub(super) fn qualified(
        &self,
        schema: Option<&Ident>,
        qualifier: &Ident,
        column: &Ident,
    ) -> Meaning {
        let Some(relation) = self.relation(schema, qualifier) else {
            return Meaning::Local;
        };
        if relation.names(column) {
            return Meaning::Local;
        }
        Meaning::of(relation.tables().to_vec())
    }

    /// The relation that a qualifier stands for.
    pub(super) fn relation(&self, schema: Option<&Ident>, qualifier: &Ident) -> Option<&Relation> {
        self.levels()
            .flat_map(|scope| &scope.relations)
            .find(|relation| {
                relation.alias.as_ref() == Some(qualifier)
                    && (schema.is_none()
                        || relation.schema.is_none()
                        || relation.schema.as_ref() == schema)
            })
    }

    /// What `SELECT *` shows.
    pub(super) fn all(&self) -> Columns {
        let mut all = Columns::default();
        for relation in &self.relations {
            all.add(&relation.columns);
        }
        all
    }
}

impl Relation {
    pub(super) fn table(name: ObjectName, alias: Option<Ident>) -> Self {
        Self {
            schema: if alias.is_none() {
                name.schema.clone()
            } else {
                None
            },
            alias: Some(alias.unwrap_or_else(|| name.name.clone())),
            columns: Shown::Table(name),
            qualified_only: false,
        }
    }

    /// A row of `table` under a name of its own: `NEW`, `excluded`.
    pub(super) fn row(table: ObjectName, alias: Ident) -> Self {
        Self {
            qualified_only: true,
            ..Self::table(table, Some(alias))
        }
    }

    pub(super) fn columns(alias: Option<Ident>, columns: Columns) -> Self {
        Self {
            alias,
            schema: None,
            columns: Shown::Columns(columns),
            qualified_only: false,
        }
    }

    fn names(&self, column: &Ident) -> bool {
        matches!(&self.columns, Shown::Columns(columns) if columns.names.contains(column))
    }

    pub(super) fn tables(&self) -> &[ObjectName] {
        match &self.columns {
            Shown::Table(name) => std::slice::from_ref(name),
            Shown::Columns(columns) => &columns.all_of,
        }
    }
}

impl Columns {
    /// What is known of a relation without names.
    pub(super) fn unknown() -> Self {
        Self {
            more: true,
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, shown: &Shown) {
        match shown {
            Shown::Table(name) => self.all_of.push(name.clone()),
            Shown::Columns(columns) => {
                self.names.extend(columns.names.iter().cloned());
                self.all_of.extend(columns.all_of.iter().cloned());
                self.more |= columns.more;
            }
        }
    }

    /// The columns under other names: `WITH c(a, b) AS …`, `(…) AS s(a, b)`.
    pub(super) fn renamed(self, names: Vec<Ident>) -> Self {
        if names.is_empty() {
            return self;
        }
        Self {
            names,
            ..Self::default()
        }
    }
}

impl Meaning {
    fn of(owners: Vec<ObjectName>) -> Self {
        let mut once: Vec<ObjectName> = Vec::new();
        for owner in owners {
            if !once.contains(&owner) {
                once.push(owner);
            }
        }
        if once.is_empty() {
            Self::Local
        } else {
            Self::ColumnOf(once)
        }
    }
}
