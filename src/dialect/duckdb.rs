//! DuckDB: the facts.

use super::{Dialect, Engine, Fold, LooksUp, lex};

pub(super) static DIALECT: Dialect = Dialect {
    engine: Engine::Duckdb,
    name: "duckdb",
    lexing: lex::Rules {
        nested_comments: true,
        hash_comments: false,
        dash_comment_needs_blank: false,
        carriage_return_ends_comment: true,
        open_comment_is_fine: false,
        version_comments: false,
        dollar_quotes: true,
        string_prefixes: b"benx",
        escape_strings: true,
        unicode_strings: true,
        backslash_escapes: false,
        double_quote_is_string: false,
        backtick_idents: false,
        bracket_idents: false,
        bracket_doubling: false,
        dollar_in_idents: true,
        dollar_starts_idents: false,
        hash_in_idents: false,
        digit_starts_idents: false,
        at_variables: false,
        colon_params: false,
        question_params: true,
        dollar_params: true,
        dollar_names: true,
        dollar_parens: false,
        custom_operators: true,
        unicode_spaces: true,
    },
    fold: Fold::AsciiLower,
    fold_quoted: Fold::AsciiLower,
    identifier_bytes: None,
    default_schemas: &["main"],
    system_schemas: &["pg_catalog", "information_schema"],
    // Run on 1.1.3 and 2.0.0: all refused with `Catalog Error: Table with name nope does not exist!`
    // (table macros only on the newer). A unique index is no target for a foreign key.
    looks_up: LooksUp {
        foreign_key_target: true,
        view_body: true,
        trigger_body: true,
        routine_body: true,
    },
    index_belongs_to_table: false,
    trigger_belongs_to_table: false,
    bare_call_is_builtin: false,
};
