//! Words with a fixed meaning, as far as the readers must know them.

/// Whether a word is in a sorted list, in whatever case.
fn listed(list: &[&str], word: &str) -> bool {
    let mut lower = [0_u8; 24];
    let Some(buffer) = lower.get_mut(..word.len()) else {
        return false;
    };
    buffer.copy_from_slice(word.as_bytes());
    buffer.make_ascii_lowercase();
    list.binary_search_by(|entry| entry.as_bytes().cmp(buffer))
        .is_ok()
}

/// Words of expressions and clauses that are neither a column nor an operand.
#[rustfmt::skip]
const SYNTAX: &[&str] = &[
    "all", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "between", "binary", "both",
    "by", "case", "cast", "collate", "cross", "cube", "desc", "distinct", "div", "else", "except",
    "exists", "fetch", "for", "from", "full", "glob", "group", "grouping", "having", "ilike", "in",
    "inner", "intersect", "into", "is", "isnull", "join", "lateral", "leading", "left", "like",
    "limit", "match", "natural", "not", "notnull", "offset", "on", "only", "or", "order", "outer",
    "over", "overlaps", "regexp", "returning", "right", "rlike", "rollup", "row", "select", "sets",
    "similar", "some", "symmetric", "table", "then", "trailing", "union", "using", "values",
    "variadic", "when", "where", "window", "with", "within", "xor",
];

/// Of these, the words that some engine takes for a column where nothing of their own follows.
#[rustfmt::skip]
const SOFT: &[&str] = &[
    "between", "by", "cube", "exists", "grouping", "interval", "match", "over", "rollup", "row",
    "sets", "values", "within",
];

/// Words that are an operand of their own.
#[rustfmt::skip]
const OPERANDS: &[&str] = &[
    "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "default", "end", "false", "localtime", "localtimestamp",
    "null", "session_user", "true", "utc_date", "utc_time", "utc_timestamp",
];

/// Words before a parenthesis that is not a list of arguments.
#[rustfmt::skip]
const NOT_CALLS: &[&str] = &[
    "all", "and", "any", "array", "as", "asc", "between", "both", "by", "case", "check", "collate",
    "cube", "desc", "distinct", "div", "else", "end", "except", "exists", "filter", "from", "glob",
    "group", "grouping", "having", "ilike", "in", "intersect", "interval", "into", "is", "join",
    "lateral", "like", "limit", "materialized", "not", "null", "offset", "on", "or", "order",
    "over", "primary", "references", "regexp", "returning", "rlike", "rollup", "row", "select",
    "set", "sets", "some", "table", "then", "to", "union", "unique", "using", "values", "when", "where",
    "with", "within", "xor",
];

/// Functions that are part of the grammar: no patch defines them.
#[rustfmt::skip]
const GRAMMAR_CALLS: &[&str] = &[
    "cast", "coalesce", "collation", "current_date", "current_time", "current_timestamp", "exists",
    "extract", "greatest", "grouping", "json_array", "json_arrayagg", "json_exists", "json_object",
    "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table", "json_value",
    "least", "localtime", "localtimestamp", "normalize", "nullif", "operator", "overlay",
    "position", "substring", "treat", "trim", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists", "xmlforest",
    "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable",
];

/// The same in other dialects than PostgreSQL.
#[rustfmt::skip]
const OTHER_GRAMMAR_CALLS: &[&str] = &[
    "convert", "if", "ifnull", "iif", "match", "safe_cast", "try_cast", "try_convert", "values",
];

/// Words that end a table reference, so that none is its alias.
#[rustfmt::skip]
const NOT_ALIASES: &[&str] = &[
    "anti", "as", "asof", "connect", "cross", "default", "do", "except", "fetch", "for", "force",
    "from", "full", "group", "having", "if", "ignore", "indexed", "inner", "intersect", "into",
    "join", "lateral", "left", "limit", "loop", "minus", "natural", "not", "offset", "on", "option",
    "order", "outer", "output", "over", "overriding", "partition", "pivot", "positional",
    "procedure", "qualify", "returning", "right", "sample", "select", "semi", "set", "start",
    "straight_join", "tablesample", "then", "union", "unpivot", "use", "using", "values", "when",
    "where", "window", "with",
];

/// Of these, words that PostgreSQL lets a table be named.
#[rustfmt::skip]
const NEVER_RESERVED: &[&str] = &[
    "force", "option", "over", "overriding", "partition", "procedure", "start",
];

/// Words that set operators begin with.
pub(super) const SET_OPERATORS: &[&str] = &["union", "intersect", "except", "minus"];

pub(super) fn is_syntax(word: &str) -> bool {
    listed(SYNTAX, word)
}

pub(super) fn is_soft(word: &str) -> bool {
    listed(SOFT, word)
}

pub(super) fn is_operand(word: &str) -> bool {
    listed(OPERANDS, word)
}

pub(super) fn is_no_call(word: &str) -> bool {
    listed(NOT_CALLS, word)
}

pub(super) fn is_grammar_call(word: &str, in_postgres: bool) -> bool {
    listed(GRAMMAR_CALLS, word) || !in_postgres && listed(OTHER_GRAMMAR_CALLS, word)
}

pub(super) fn is_no_alias(word: &str) -> bool {
    listed(NOT_ALIASES, word)
}

/// Whether no table has this name, unless in quotes.
pub(super) fn is_no_table(word: &str, in_postgres: bool) -> bool {
    is_no_alias(word) && !(in_postgres && listed(NEVER_RESERVED, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        for list in [
            SYNTAX,
            SOFT,
            NEVER_RESERVED,
            OPERANDS,
            NOT_CALLS,
            GRAMMAR_CALLS,
            OTHER_GRAMMAR_CALLS,
            NOT_ALIASES,
        ] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }

    #[test]
    fn words_are_found_in_any_case() {
        assert!(is_syntax("SELECT") && is_syntax("Where"));
        assert!(!is_syntax("name") && !is_syntax("é"));
    }
}
