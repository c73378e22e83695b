//! What names mean in queries, and what else engines make of the objects that patches name.

/// What differs between engines in the reading of queries.
#[derive(Clone, Copy, Debug)]
pub struct QueryRules {
    /// A common table expression may name itself without RECURSIVE.
    pub every_with_is_recursive: bool,
    /// A query in FROM sees the items before it without LATERAL.
    pub every_from_is_lateral: bool,
    /// `SELECT … INTO t` makes a table; else INTO fills variables.
    pub select_into_makes_table: bool,
    /// `SELECT x = expression` assigns a variable or names a column.
    pub select_list_assigns: bool,
    /// The name of a relation of FROM may stand where a column may: the whole row, or the hidden
    /// column of a full-text table.
    pub relation_is_a_value: bool,
    /// Columns that every table has and no statement makes.
    pub pseudo_columns: &'static [&'static str],
    /// Names in FROM that stand for no relation.
    pub no_relations: &'static [&'static str],
    /// Functions whose first argument is a keyword: `DATEDIFF(day, a, b)`.
    pub word_arguments: &'static [&'static str],
    /// `EXECUTE p` runs a procedure; else a prepared statement.
    pub execute_calls_procedure: bool,
    /// A function in FROM may be a patch's even where it is called without its schema.
    pub bare_table_call: bool,
}

impl QueryRules {
    /// The rules of the SQL standard.
    pub(super) const STANDARD: Self = Self {
        every_with_is_recursive: false,
        every_from_is_lateral: false,
        select_into_makes_table: false,
        select_list_assigns: false,
        relation_is_a_value: false,
        pseudo_columns: &[],
        no_relations: &[],
        word_arguments: &[],
        execute_calls_procedure: false,
        bare_table_call: true,
    };
}

/// What differs between engines in what an object is and brings along.
#[derive(Clone, Copy, Debug)]
pub struct ObjectRules {
    /// The built-in types that a grammar may take for a patch's; `None` where patches make no types.
    pub builtin_types: Option<&'static [&'static str]>,
    /// Names that begin so are the engine's own.
    pub system_prefixes: &'static [&'static str],
    /// Names of routines that begin so are.
    pub system_routine_prefixes: &'static [&'static str],
    /// The schema whose tables are gone with the session.
    pub temporary_schema: Option<&'static str>,
    /// Names that begin so are gone with the session.
    pub temporary_prefix: Option<&'static str>,
    /// `INDEX i (c(10))` is over the first characters of column `c`.
    pub index_columns_have_lengths: bool,
    /// A unique constraint is an index of its name as well.
    pub unique_constraint_is_index: bool,
    /// So is a primary key.
    pub primary_key_is_index: bool,
    /// An index without a name has that of its first column.
    pub unnamed_index_has_columns_name: bool,
    /// `ALTER TABLE t DROP x` drops a constraint; else a column.
    pub bare_drop_is_constraint: bool,
    /// What CREATE DATABASE makes and USE chooses is what qualifies names here: a schema.
    pub database_is_schema: bool,
    /// A foreign key may point to columns with any index, not only to a unique key.
    pub any_index_is_a_key: bool,
    /// A foreign key makes an index over its columns, which belongs to the table and stays with it.
    pub foreign_key_makes_index: bool,
    /// A procedure and a function may have one name.
    pub procedures_have_own_names: bool,
    /// A column's type cannot change while a view, rule or policy is on it.
    pub views_fix_types: bool,
    /// A foreign key's column has a type that can be compared with that of the column that it references.
    pub keys_fix_types: bool,
    /// Rows without a list of columns may have fewer values than the table has columns.
    pub rows_may_be_short: bool,
}

impl ObjectRules {
    /// What holds for most engines.
    pub(super) const STANDARD: Self = Self {
        builtin_types: Some(&[]),
        system_prefixes: &[],
        system_routine_prefixes: &[],
        temporary_schema: None,
        temporary_prefix: None,
        index_columns_have_lengths: false,
        unique_constraint_is_index: false,
        primary_key_is_index: false,
        unnamed_index_has_columns_name: false,
        bare_drop_is_constraint: false,
        database_is_schema: true,
        any_index_is_a_key: false,
        foreign_key_makes_index: false,
        procedures_have_own_names: false,
        views_fix_types: false,
        keys_fix_types: false,
        rows_may_be_short: false,
    };

    /// MySQL and MariaDB. By the manuals of CREATE TABLE and FOREIGN KEY Constraints; run on MariaDB
    /// 10.11.19: a foreign key to a column with a plain index is accepted, and UNIQUE without a name
    /// makes an index with the name of its first column; a procedure and a function of one name are two.
    pub(super) const MYSQL: Self = Self {
        builtin_types: None,
        index_columns_have_lengths: true,
        unique_constraint_is_index: true,
        unnamed_index_has_columns_name: true,
        any_index_is_a_key: true,
        foreign_key_makes_index: true,
        keys_fix_types: true,
        procedures_have_own_names: true,
        ..Self::STANDARD
    };
}
