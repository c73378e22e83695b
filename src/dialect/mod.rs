//! What differs between engines before any statement is understood: lexing, folding of names,
//! implicit schemas. A dialect is a table of facts; the other floors ask it and never name an engine.

mod duckdb;
mod extension;
mod fold;
pub mod lex;
mod mariadb;
mod meaning;
mod mssql;
mod mysql;
mod postgres;
mod release;
mod script;
mod sqlite;

use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use fold::Fold;
pub use meaning::{ObjectRules, QueryRules};
pub use release::{ReadyPatches, ReleaseRules};
pub use script::{Blocks, SchemaSetting, Script, Shell};

/// The engines by their fixed spellings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// PostgreSQL 13 and later.
    Postgres,
    /// SQLite 3.
    Sqlite,
    /// MariaDB 10.6 and later.
    Mariadb,
    /// MySQL 8.
    Mysql,
    /// DuckDB.
    Duckdb,
    /// Microsoft SQL Server.
    Mssql,
}

impl Engine {
    /// Every engine, in the order in which help texts list them.
    pub const ALL: [Self; 6] = [
        Self::Postgres,
        Self::Sqlite,
        Self::Mariadb,
        Self::Mysql,
        Self::Duckdb,
        Self::Mssql,
    ];

    /// The spelling on the command line, in configuration files and in `dialect:` headers.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.dialect().name
    }

    /// The facts about the engine.
    #[must_use]
    pub fn dialect(self) -> &'static Dialect {
        match self {
            Self::Postgres => &postgres::DIALECT,
            Self::Sqlite => &sqlite::DIALECT,
            Self::Mariadb => &mariadb::DIALECT,
            Self::Mysql => &mysql::DIALECT,
            Self::Duckdb => &duckdb::DIALECT,
            Self::Mssql => &mssql::DIALECT,
        }
    }
}

impl FromStr for Engine {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|engine| engine.name() == text)
            .ok_or_else(|| {
                let names = Self::ALL.map(Self::name).join(", ");
                format!("`{text}` is not a dialect; the dialects are {names}")
            })
    }
}

/// The facts about one engine's language.
#[derive(Debug)]
pub struct Dialect {
    /// The engine that these facts are about.
    pub engine: Engine,
    /// Its spelling.
    pub name: &'static str,
    /// How text becomes tokens.
    pub lexing: lex::Rules,
    /// How a file becomes statements.
    pub script: Script,
    /// How an unquoted identifier is compared.
    pub fold: Fold,
    /// How a quoted identifier is compared.
    pub fold_quoted: Fold,
    /// Bytes after which an identifier is cut.
    pub identifier_bytes: Option<usize>,
    /// The schemas that an unqualified name is looked up in when the file says nothing, the first
    /// being the one in which objects are made. Names in these match names without a schema.
    pub default_schemas: &'static [&'static str],
    /// How a file says which schemas names are looked up in.
    pub schema_setting: SchemaSetting,
    /// Schemas of the engine itself, whose objects are never a patch's.
    pub system_schemas: &'static [&'static str],
    /// What the engine looks up when a statement makes something, and what only later.
    pub looks_up: LooksUp,
    /// Whether two tables may each have an index of one name (`DROP INDEX i ON t`); else indexes
    /// share one space of names per schema.
    pub index_belongs_to_table: bool,
    /// Whether two tables may each have a trigger of one name (`DROP TRIGGER r ON t`); else
    /// triggers share one space of names per schema.
    pub trigger_belongs_to_table: bool,
    /// Whether a function called without a schema in an expression can only be the engine's own:
    /// there are no routines in SQL, or calls of them need their schema.
    pub bare_call_is_builtin: bool,
    /// Whether the body of a routine is a string, and `SELECT … INTO` in it fills variables.
    pub bodies_are_strings: bool,
    /// Whether statements may follow each other without a semicolon.
    pub semicolons_are_optional: bool,
    /// Whether `KEY` and `INDEX` begin an index in the parentheses of CREATE TABLE; else they are
    /// names of columns.
    pub keys_in_tables: bool,
    /// Whether constraints, indexes and sequences without a name get one that patches may rely on,
    /// by the rules of `read::implied`.
    pub names_the_unnamed: bool,
    /// The setting that switches off the look-up of foreign keys' targets.
    pub foreign_key_switch: Option<&'static str>,
    /// What names mean in queries.
    pub queries: QueryRules,
    /// What objects are and bring along.
    pub objects: ObjectRules,
    /// What a change does to code that runs.
    pub release: ReleaseRules,
}

/// What the engine looks up at creation, and refuses to create when it is missing. What it does not
/// look up it needs only when the view is read, the trigger fires or the rows are written.
///
/// Each engine's table says what was run to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LooksUp {
    /// The table and the key that a new foreign key points to.
    pub foreign_key_target: bool,
    /// The same of one that a column's own definition has (`c int REFERENCES t`).
    pub column_reference_target: bool,
    /// What a new view reads.
    pub view_body: bool,
    /// What the statements of a new trigger name. (The trigger's own table is looked up everywhere.)
    pub trigger_body: bool,
    /// The columns of its rows (NEW and OLD) that they name.
    pub trigger_rows: bool,
    /// What the body of a new routine, macro or event names.
    pub routine_body: bool,
}

impl Dialect {
    /// The identifier of a word or quoted identifier as it stands in the text, quotes included.
    #[must_use]
    pub fn ident(&self, text: &str) -> crate::name::Ident {
        fold::ident(self, text)
    }

    /// The identifier of a text without quotes that the engine takes as it is (the content of a
    /// quoted identifier or of a string that names an object).
    #[must_use]
    pub fn ident_verbatim(&self, text: &str) -> crate::name::Ident {
        fold::verbatim(self, text)
    }

    /// The extensions that bring an object of this name, where the engine has extensions.
    pub fn extensions_of(&self, name: &crate::name::Ident) -> impl Iterator<Item = &'static str> {
        let extensible = self.engine == Engine::Postgres;
        let name = if extensible { name.as_str() } else { "" };
        extension::of(name)
    }

    /// The extensions that another extension stands on.
    pub fn extensions_behind(&self, extension: &crate::name::Ident) -> &'static [&'static str] {
        match self.engine {
            Engine::Postgres => extension::behind(extension.as_str()),
            _ => &[],
        }
    }
}
