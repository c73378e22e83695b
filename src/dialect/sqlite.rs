//! SQLite: the facts.

use super::{
    Blocks, Dialect, Engine, Fold, LooksUp, ObjectRules, QueryRules, ReleaseRules, SchemaSetting,
    Script, Shell, lex,
};

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
        string_prefixes: b"x",
        escape_strings: false,
        unicode_strings: false,
        backslash_escapes: false,
        double_quote_is_string: false,
        backtick_idents: true,
        bracket_idents: true,
        bracket_doubling: false,
        dollar_in_idents: true,
        dollar_starts_idents: false,
        hash_in_idents: false,
        digit_starts_idents: false,
        at_variables: true,
        colon_params: true,
        question_params: true,
        dollar_params: false,
        dollar_names: true,
        dollar_parens: false,
        custom_operators: false,
        unicode_spaces: false,
    },
    script: Script {
        shell: Shell::Dots,
        blocks: Blocks::Triggers,
    },
    fold: Fold::AsciiLower,
    fold_quoted: Fold::AsciiLower,
    identifier_bytes: None,
    default_schemas: &["main"],
    schema_setting: SchemaSetting::Nothing,
    system_schemas: &[],
    // Run on 3.40.1: CREATE TABLE with a foreign key to a missing table, CREATE VIEW over one and a
    // trigger body that writes one are all accepted; the table of a trigger must exist. Missing
    // tables are refused when rows are written (foreign keys only while `PRAGMA foreign_keys` is
    // on), and by ALTER TABLE RENAME and DROP COLUMN, which read every view and trigger again.
    looks_up: LooksUp {
        foreign_key_target: false,
        column_reference_target: false,
        view_body: false,
        trigger_body: false,
        trigger_rows: false,
        routine_body: false,
    },
    index_belongs_to_table: false,
    trigger_belongs_to_table: false,
    bare_call_is_builtin: true,
    bodies_are_strings: false,
    semicolons_are_optional: false,
    keys_in_tables: false,
    names_the_unnamed: false,
    foreign_key_switch: None,
    queries: QueryRules {
        every_with_is_recursive: true,
        relation_is_a_value: true,
        pseudo_columns: &["rowid", "oid", "_rowid_"],
        word_arguments: &["raise"],
        bare_table_call: false,
        ..QueryRules::STANDARD
    },
    objects: ObjectRules {
        builtin_types: None,
        system_prefixes: &["sqlite_"],
        temporary_schema: Some("temp"),
        ..ObjectRules::STANDARD
    },
    release: ReleaseRules::SQLITE,
};
