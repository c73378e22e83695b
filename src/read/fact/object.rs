//! Database objects as statements name them: what kind of thing, its name, and which part of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::name::{Ident, ObjectName};

/// The kinds of database objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A relation whose exact kind the text does not tell (FROM x).
    Relation,
    /// A table, foreign tables included.
    Table,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A sequence.
    Sequence,
    /// An index. `DROP CONSTRAINT` and a unique constraint count for the index of that name as well.
    Index,
    /// A type whose exact kind the text does not tell, composite, range and base types included.
    Type,
    /// What `CREATE TYPE t` makes so that functions can name the type that they are to be part of.
    ShellType,
    /// An enum type.
    Enum,
    /// A domain.
    Domain,
    /// A function or aggregate, or a routine whose exact kind the text does not tell.
    Routine,
    /// A procedure. Whether a function may have its name as well the dialect knows.
    Procedure,
    /// A column of a relation or an attribute of a composite type.
    Column,
    /// A constraint of a table or domain.
    Constraint,
    /// A unique key over columns: what a foreign key or ON CONFLICT needs.
    Key,
    /// A trigger of a table.
    Trigger,
    /// A row security policy of a table.
    Policy,
    /// A rewrite rule of a table.
    Rule,
    /// A value of an enum.
    EnumValue,
    /// A schema (MySQL: a database).
    Schema,
    /// An extension.
    Extension,
    /// A role, user or group.
    Role,
    /// A procedural language.
    Language,
    /// An operator; its name is the symbol.
    Operator,
    /// An operator class or family.
    OperatorClass,
    /// A cast; its name is `source AS target`.
    Cast,
    /// A collation.
    Collation,
    /// A character set conversion.
    Conversion,
    /// An access method.
    AccessMethod,
    /// A text search configuration.
    TextSearch,
    /// A text search dictionary.
    TextSearchDictionary,
    /// A text search parser.
    TextSearchParser,
    /// A text search template.
    TextSearchTemplate,
    /// A foreign data wrapper.
    ForeignDataWrapper,
    /// A foreign server.
    ForeignServer,
    /// A publication.
    Publication,
    /// A subscription.
    Subscription,
    /// An event trigger (MySQL: an event).
    EventTrigger,
    /// Extended statistics.
    Statistics,
    /// A tablespace.
    Tablespace,
}

/// Kinds that share one space of names: two objects of one namespace cannot have one name, and a
/// reference finds an object by its namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Namespace {
    /// Tables, views, materialized views, sequences, indexes.
    Relation,
    /// Types, enums, domains, and the row types of relations.
    Type,
    /// Every other kind has a namespace of its own; functions and procedures have one together,
    /// unless the dialect says otherwise.
    Own(Kind),
}

impl Kind {
    /// The namespace in which the kind's names live.
    #[must_use]
    pub fn namespace(self) -> Namespace {
        match self {
            Self::Relation
            | Self::Table
            | Self::View
            | Self::MaterializedView
            | Self::Sequence
            | Self::Index => Namespace::Relation,
            Self::Type | Self::Enum | Self::Domain => Namespace::Type,
            Self::Procedure => Namespace::Own(Self::Routine),
            other => Namespace::Own(other),
        }
    }

    /// What people call it.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Relation => "relation",
            Self::Table => "table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Sequence => "sequence",
            Self::Index => "index",
            Self::Type => "type",
            Self::ShellType => "shell type",
            Self::Enum => "enum",
            Self::Domain => "domain",
            Self::Routine => "function",
            Self::Procedure => "procedure",
            Self::Column => "column",
            Self::Constraint => "constraint",
            Self::Key => "unique key",
            Self::Trigger => "trigger",
            Self::Policy => "policy",
            Self::Rule => "rule",
            Self::EnumValue => "enum value",
            Self::Schema => "schema",
            Self::Extension => "extension",
            Self::Role => "role",
            Self::Language => "language",
            Self::Operator => "operator",
            Self::OperatorClass => "operator class",
            Self::Cast => "cast",
            Self::Collation => "collation",
            Self::Conversion => "conversion",
            Self::AccessMethod => "access method",
            Self::TextSearch => "text search configuration",
            Self::TextSearchDictionary => "text search dictionary",
            Self::TextSearchParser => "text search parser",
            Self::TextSearchTemplate => "text search template",
            Self::ForeignDataWrapper => "foreign data wrapper",
            Self::ForeignServer => "foreign server",
            Self::Publication => "publication",
            Self::Subscription => "subscription",
            Self::EventTrigger => "event trigger",
            Self::Statistics => "statistics",
            Self::Tablespace => "tablespace",
        }
    }
}

/// What a routine takes, as far as the text tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Signature {
    /// The fewest arguments that a call may have. For a call: the number given.
    pub min: u16,
    /// The most arguments; `None` for a VARIADIC routine or an unreadable list.
    pub max: Option<u16>,
    /// The types of the input arguments in a normal spelling (`int4`, `shop.money`, `text[]`),
    /// where the text gives them: definitions, DROP, ALTER, COMMENT, GRANT; never calls.
    pub types: Option<Vec<String>>,
}

/// What, besides its name, tells one object from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Nothing.
    #[default]
    Whole,
    /// The column, constraint, trigger, policy, rule or enum value of the object that `name` names;
    /// an index or a trigger only where the dialect says that it belongs to its table.
    Member(Ident),
    /// The columns of a unique key, in order; empty in a reference that means the primary key, or any
    /// key of a materialized view. An expression stands as a column of its text, and what a partial
    /// index says behind WHERE as a last one (see [`Object::partial_key`]).
    Columns(Vec<Ident>),
    /// A routine's or aggregate's arguments.
    Arguments(Signature),
}

/// What stands for the owner of a field where nothing tells it; no table is called so.
const SOME_ROW: &str = "(…)";

/// What the predicate of a partial key begins with among its columns: no name has a space without quotes.
const WHERE: &str = "where ";

/// A database object as a statement names it.
///
/// For kinds that belong to another object (column, constraint, key, trigger, policy, rule, enum
/// value) `name` is that owner's name and `part` the member's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Object {
    /// What it is.
    pub kind: Kind,
    /// Its name, or its owner's.
    pub name: ObjectName,
    /// The rest of its identity.
    pub part: Part,
}

impl Object {
    /// An object that its name alone identifies.
    #[must_use]
    pub fn new(kind: Kind, name: ObjectName) -> Self {
        Self {
            kind,
            name,
            part: Part::Whole,
        }
    }

    /// A column, constraint, trigger, … of `owner`.
    #[must_use]
    pub fn member(kind: Kind, owner: ObjectName, member: Ident) -> Self {
        Self {
            kind,
            name: owner,
            part: Part::Member(member),
        }
    }

    /// A field of a row whose type the text does not tell: `(c).field`.
    #[must_use]
    pub fn field(field: Ident) -> Self {
        let unknown = ObjectName::bare(Ident::folded(SOME_ROW));
        Self::member(Kind::Column, unknown, field)
    }

    /// Whether this is a field of a row whose type is not known.
    #[must_use]
    pub fn is_field(&self) -> bool {
        self.kind == Kind::Column && self.name.schema.is_none() && self.name.name == SOME_ROW
    }

    /// A unique key of `table`; no columns means its primary key.
    #[must_use]
    pub fn key(table: ObjectName, columns: Vec<Ident>) -> Self {
        Self {
            kind: Kind::Key,
            name: table,
            part: Part::Columns(columns),
        }
    }

    /// A unique key of those rows of `table` for which `predicate` holds.
    #[must_use]
    pub fn partial_key(table: ObjectName, mut columns: Vec<Ident>, predicate: &Ident) -> Self {
        columns.push(Ident::folded(format!("{WHERE}{predicate}")));
        Self::key(table, columns)
    }

    /// The key of all rows over the same columns, if this one is of some rows only.
    #[must_use]
    pub fn whole_key(&self) -> Option<Self> {
        let Part::Columns(columns) = &self.part else {
            return None;
        };
        let is_column = |column: &&Ident| !column.as_str().starts_with(WHERE);
        let kept: Vec<Ident> = columns.iter().filter(is_column).cloned().collect();
        (kept.len() < columns.len()).then(|| Self::key(self.name.clone(), kept))
    }

    /// A function, or a routine of an unknown kind.
    #[must_use]
    pub fn routine(name: ObjectName, signature: Signature) -> Self {
        Self {
            kind: Kind::Routine,
            name,
            part: Part::Arguments(signature),
        }
    }

    /// A procedure.
    #[must_use]
    pub fn procedure(name: ObjectName, signature: Signature) -> Self {
        Self {
            kind: Kind::Procedure,
            ..Self::routine(name, signature)
        }
    }
}

/// An [`Object`] whose parts are somebody else's.
#[derive(Clone, Copy, Debug)]
pub struct ObjectRef<'a> {
    /// What it is.
    pub kind: Kind,
    /// The schema, where it is written.
    pub schema: Option<&'a Ident>,
    /// The name.
    pub name: &'a Ident,
    /// What else tells it from others.
    pub part: &'a Part,
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let borrowed = ObjectRef {
            kind: self.kind,
            schema: self.name.schema.as_ref(),
            name: &self.name.name,
            part: &self.part,
        };
        borrowed.fmt(f)
    }
}

impl fmt::Display for ObjectRef<'_> {
    /// As people write it: `column shop.orders.total`, `function f(2 arguments)`, `table t`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.noun())?;
        f.write_str(" ")?;
        if let Some(schema) = self.schema {
            f.write_str(schema.as_str())?;
            f.write_str(".")?;
        }
        f.write_str(self.name.as_str())?;
        match self.part {
            Part::Whole => Ok(()),
            Part::Member(member) => {
                f.write_str(".")?;
                f.write_str(member.as_str())
            }
            Part::Columns(columns) if columns.is_empty() => f.write_str(" (primary key)"),
            Part::Columns(columns) => {
                let columns = columns.iter().map(Ident::as_str);
                let (predicates, columns): (Vec<_>, Vec<_>) =
                    columns.partition(|column| column.starts_with(WHERE));
                write!(f, " ({})", columns.join(", "))?;
                predicates
                    .iter()
                    .try_for_each(|predicate| write!(f, " {predicate}"))
            }
            Part::Arguments(Signature {
                types: Some(types), ..
            }) => write!(f, "({})", types.join(", ")),
            Part::Arguments(_) => write!(f, "()"),
        }
    }
}
