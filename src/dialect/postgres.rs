//! PostgreSQL: the facts.

use super::{Dialect, Engine, Fold, LooksUp, lex};

pub(super) static DIALECT: Dialect = Dialect {
    engine: Engine::Postgres,
    name: "postgres",
    lexing: lex::Rules {
        nested_comments: true,
        hash_comments: false,
        dash_comment_needs_blank: false,
        carriage_return_ends_comment: true,
        open_comment_is_fine: false,
        version_comments: false,
        dollar_quotes: true,
        prefixed_strings: true,
        backslash_escapes: false,
        double_quote_is_string: false,
        backtick_idents: false,
        bracket_idents: false,
        dollar_in_idents: true,
        at_variables: false,
        dollar_params: true,
    },
    fold: Fold::AsciiLower,
    fold_quoted: Fold::Keep,
    identifier_bytes: Some(63),
    default_schemas: &["public"],
    system_schemas: &["pg_catalog", "information_schema", "pg_toast"],
    // `routine_body` is the rule of PL/pgSQL; the bodies of SQL functions are looked up while
    // `check_function_bodies` is on.
    looks_up: LooksUp {
        foreign_key_target: true,
        view_body: true,
        trigger_body: true,
        routine_body: false,
    },
    index_belongs_to_table: false,
    trigger_belongs_to_table: true,
    bare_call_is_builtin: false,
};
