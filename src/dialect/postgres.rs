//! PostgreSQL: the facts.

use super::{
    Blocks, Dialect, Engine, Fold, LooksUp, ObjectRules, QueryRules, SchemaSetting, Script, Shell,
    lex,
};

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
        question_params: false,
        dollar_params: true,
        dollar_names: false,
        dollar_parens: false,
        custom_operators: true,
        unicode_spaces: false,
    },
    script: Script {
        shell: Shell::Backslashes,
        blocks: Blocks::Atomic,
    },
    fold: Fold::AsciiLower,
    fold_quoted: Fold::Keep,
    identifier_bytes: Some(63),
    default_schemas: &["public"],
    schema_setting: SchemaSetting::SearchPath,
    system_schemas: &["pg_catalog", "information_schema", "pg_toast"],
    // `routine_body` is the rule of PL/pgSQL; the bodies of SQL functions are looked up while
    // `check_function_bodies` is on.
    looks_up: LooksUp {
        foreign_key_target: true,
        column_reference_target: true,
        view_body: true,
        trigger_body: true,
        trigger_rows: false,
        routine_body: false,
    },
    index_belongs_to_table: false,
    trigger_belongs_to_table: true,
    bare_call_is_builtin: false,
    bodies_are_strings: true,
    semicolons_are_optional: false,
    keys_in_tables: false,
    names_the_unnamed: true,
    foreign_key_switch: None,
    queries: QueryRules::STANDARD,
    objects: ObjectRules {
        temporary_schema: Some("pg_temp"),
        views_fix_types: true,
        ..ObjectRules::STANDARD
    },
};
