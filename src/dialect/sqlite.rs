//! SQLite: the facts.

use super::{Dialect, Engine, Fold, lex};

pub(super) static DIALECT: Dialect = Dialect {
    engine: Engine::Sqlite,
    name: "sqlite",
    lexing: lex::Rules {
        nested_comments: false,
        hash_comments: false,
        dash_comment_needs_blank: false,
        carriage_return_ends_comment: false,
        open_comment_is_fine: true,
        version_comments: false,
        dollar_quotes: false,
        prefixed_strings: true,
        backslash_escapes: false,
        double_quote_is_string: false,
        backtick_idents: true,
        bracket_idents: true,
        dollar_in_idents: true,
        at_variables: true,
        dollar_params: false,
    },
    fold: Fold::AsciiLower,
    fold_quoted: Fold::AsciiLower,
    identifier_bytes: None,
    default_schemas: &["main"],
    system_schemas: &[],
};
