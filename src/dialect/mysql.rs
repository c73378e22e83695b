//! MySQL: the facts.

use super::{
    Blocks, Dialect, Engine, Fold, LooksUp, ObjectRules, QueryRules, ReleaseRules, SchemaSetting,
    Script, Shell, lex,
};

pub(super) static DIALECT: Dialect = Dialect {
    engine: Engine::Mysql,
    name: "mysql",
    lexing: lex::Rules {
        nested_comments: false,
        hash_comments: true,
        dash_comment_needs_blank: true,
        carriage_return_ends_comment: false,
        open_comment_is_fine: false,
        version_comments: true,
        dollar_quotes: false,
        string_prefixes: b"bnx",
        escape_strings: false,
        unicode_strings: false,
        backslash_escapes: true,
        double_quote_is_string: true,
        backtick_idents: true,
        bracket_idents: false,
        bracket_doubling: false,
        dollar_in_idents: true,
        dollar_starts_idents: true,
        hash_in_idents: false,
        digit_starts_idents: true,
        at_variables: true,
        colon_params: false,
        question_params: true,
        dollar_params: false,
        dollar_names: false,
        dollar_parens: false,
        custom_operators: false,
        unicode_spaces: false,
    },
    script: Script {
        shell: Shell::Delimiters,
        blocks: Blocks::Compound,
    },
    fold: Fold::AsciiLower,
    fold_quoted: Fold::AsciiLower,
    identifier_bytes: None,
    default_schemas: &[],
    schema_setting: SchemaSetting::Use,
    system_schemas: &["mysql", "information_schema", "performance_schema", "sys"],
    // By the manual: CREATE VIEW and FOREIGN KEY Constraints say that the tables must exist
    // (but for `foreign_key_checks=0`; before 9.0 REFERENCES in a column's own definition is read
    // over); stored programs are looked up when they run.
    looks_up: LooksUp {
        foreign_key_target: true,
        column_reference_target: false,
        view_body: true,
        trigger_body: false,
        trigger_rows: true,
        routine_body: false,
    },
    index_belongs_to_table: true,
    trigger_belongs_to_table: false,
    bare_call_is_builtin: false,
    bodies_are_strings: false,
    semicolons_are_optional: false,
    keys_in_tables: true,
    names_the_unnamed: false,
    foreign_key_switch: Some("foreign_key_checks"),
    queries: QueryRules {
        pseudo_columns: &["_rowid"],
        no_relations: &["dual"],
        word_arguments: &["timestampadd", "timestampdiff"],
        ..QueryRules::STANDARD
    },
    objects: ObjectRules::MYSQL,
    release: ReleaseRules::MYSQL,
};
