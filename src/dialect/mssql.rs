//! Microsoft SQL Server: the facts.

use super::{Dialect, Engine, Fold, LooksUp, lex};

pub(super) static DIALECT: Dialect = Dialect {
    engine: Engine::Mssql,
    name: "mssql",
    lexing: lex::Rules {
        nested_comments: true,
        hash_comments: false,
        dash_comment_needs_blank: false,
        carriage_return_ends_comment: false,
        open_comment_is_fine: false,
        version_comments: false,
        dollar_quotes: false,
        string_prefixes: b"n",
        escape_strings: false,
        unicode_strings: false,
        backslash_escapes: false,
        double_quote_is_string: false,
        backtick_idents: false,
        bracket_idents: true,
        bracket_doubling: true,
        dollar_in_idents: true,
        dollar_starts_idents: false,
        hash_in_idents: true,
        digit_starts_idents: false,
        at_variables: true,
        colon_params: false,
        question_params: false,
        dollar_params: false,
        dollar_names: false,
        dollar_parens: true,
        custom_operators: false,
        unicode_spaces: true,
    },
    fold: Fold::AsciiLower,
    fold_quoted: Fold::AsciiLower,
    identifier_bytes: None,
    default_schemas: &["dbo"],
    system_schemas: &["sys", "information_schema"],
    // By the manual: deferred name resolution holds for procedures and triggers, not for views.
    // Scalar functions must be called with their schema.
    looks_up: LooksUp {
        foreign_key_target: true,
        view_body: true,
        trigger_body: false,
        routine_body: false,
    },
    index_belongs_to_table: true,
    trigger_belongs_to_table: false,
    bare_call_is_builtin: true,
};
