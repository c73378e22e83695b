//! Names of types: which are the engines' own, their normal spelling, and what they need.

use crate::dialect::lex::TokenKind;
use crate::name::Ident;
use crate::read::fact::{Action, Kind, Object};
use crate::read::postgres::builtin as postgres;

use super::cursor::{Cursor, Name};
use super::out::Out;

/// A type as a column, an argument or a cast names it.
#[derive(Clone, Debug, Default)]
pub(super) struct Type {
    /// The normal spelling: `int4`, `shop.money`, `text[]`.
    pub(super) normal: String,
    /// Its name, where it is not one of the engine's own.
    pub(super) name: Option<Name>,
    /// The name as it is written, in lower case: `bigserial`, `regclass`.
    pub(super) word: String,
    /// Whether it is an array or a set.
    pub(super) many: bool,
}

impl Type {
    /// The integer behind a `serial`.
    pub(super) fn is_serial(&self) -> bool {
        matches!(
            self.word.as_str(),
            "serial" | "serial2" | "serial4" | "serial8" | "bigserial" | "smallserial"
        )
    }
}

/// The types of the engines, and the words that only a type may begin with.
#[rustfmt::skip]
const BUILT_IN: &[&str] = &[
    "aclitem", "any", "anyarray", "anycompatible", "anycompatiblearray", "anycompatiblemultirange",
    "anycompatiblenonarray", "anycompatiblerange", "anyelement", "anyenum", "anymultirange",
    "anynonarray", "anyrange", "array", "bfile", "bigint", "bigserial", "binary", "bit",
    "bit_varying", "blob", "bool", "boolean", "box", "bpchar", "bytea", "bytes", "char",
    "character", "cid", "cidr", "circle", "clob", "cstring", "cursor", "date", "datemultirange",
    "daterange", "datetime", "datetime2", "datetimeoffset", "dec", "decimal", "double", "enum",
    "event_trigger", "fdw_handler", "fixed", "float", "float4", "float8", "geography", "geometry",
    "geometrycollection", "gtsvector", "guid", "hierarchyid", "hugeint", "image",
    "index_am_handler", "inet", "inet4", "inet6", "int", "int1", "int128", "int16", "int2",
    "int2vector", "int3", "int32", "int4", "int4multirange", "int4range", "int64", "int8",
    "int8multirange", "int8range", "integer", "internal", "interval", "json", "jsonb", "jsonpath",
    "language_handler", "line", "linestring", "list", "logical", "long", "longblob", "longtext",
    "lseg", "macaddr", "macaddr8", "map", "mediumblob", "mediumint", "mediumtext", "middleint",
    "money", "multilinestring", "multipoint", "multipolygon", "name", "national", "nchar", "ntext",
    "number", "numeric", "nummultirange", "numrange", "nvarchar", "oid", "oidvector", "path",
    "pg_lsn", "pg_node_tree", "pg_snapshot", "point", "polygon", "precision", "real", "record",
    "refcursor", "regclass", "regcollation", "regconfig", "regdictionary", "regnamespace",
    "regoper", "regoperator", "regproc", "regprocedure", "regrole", "regtype", "row", "rowversion",
    "serial", "serial2", "serial4", "serial8", "set", "setof", "short", "signed", "smalldatetime",
    "smallint", "smallmoney", "smallserial", "sql_variant", "string", "struct", "sysname", "table",
    "table_am_handler", "text", "tid", "time", "timestamp", "timestamp_ms", "timestamp_ns",
    "timestamp_s", "timestamptz", "timetz", "tinyblob", "tinyint", "tinytext", "trigger",
    "tsm_handler", "tsmultirange", "tsquery", "tsrange", "tstzmultirange", "tstzrange", "tsvector",
    "txid_snapshot", "ubigint", "uhugeint", "uint128", "uint16", "uint32", "uint64", "uint8",
    "uinteger", "union", "uniqueidentifier", "unknown", "unsigned", "usmallint", "utinyint", "uuid",
    "varbinary", "varbit", "varchar", "varchar2", "vector", "void", "xid", "xid8", "xml", "year",
];

/// Types of several words: the first word and those that may follow it.
#[rustfmt::skip]
const CONTINUED: &[(&str, &[&str])] = &[
    ("bit", &["varying"]),
    ("char", &["varying"]),
    ("character", &["varying", "large"]),
    ("double", &["precision"]),
    ("interval", &["year", "month", "day", "hour", "minute", "second"]),
    ("long", &["varchar", "varbinary", "raw"]),
    ("national", &["char", "character", "varchar"]),
    ("nchar", &["varying"]),
    ("time", &["with", "without"]),
    ("timestamp", &["with", "without"]),
];

/// Whether the word `second` continues the type that begins with `first`: then `first` is no name
/// of an argument.
pub(super) fn continues(first: &str, second: &str) -> bool {
    CONTINUED.iter().any(|(word, next)| {
        first.eq_ignore_ascii_case(word)
            && next.iter().any(|next| second.eq_ignore_ascii_case(next))
    })
}

/// Whether a name is one of the engine's own types.
fn is_built_in(out: &Out<'_>, name: &Name, quoted: bool) -> bool {
    if out.dialect.bodies_are_strings {
        let object = name.object();
        return postgres::is_type(&object)
            || !quoted
                && name.parts.len() == 1
                && matches!(
                    object.name.as_str(),
                    "character" | "national" | "double" | "bit" | "setof" | "table" | "array"
                );
    }
    let Some(own) = out.dialect.objects.builtin_types else {
        return true;
    };
    match name.schema() {
        Some((schema, _)) => out.is_system(schema),
        None => {
            let lower = name.last().as_str().to_ascii_lowercase();
            // `"char"` and `"Name"` differ from `char` and `name` where quotes matter.
            own.contains(&lower.as_str())
                || BUILT_IN.binary_search(&lower.as_str()).is_ok()
                    && (!quoted || lower == name.last().as_str())
                || lower
                    .strip_prefix('_')
                    .is_some_and(|element| BUILT_IN.binary_search(&element).is_ok())
        }
    }
}

/// Reads a type and goes on behind it. Emits nothing.
pub(super) fn read(out: &Out<'_>, cursor: &mut Cursor<'_>) -> Option<Type> {
    let mut many = cursor.eat("setof");
    // `UNSIGNED` stands behind its type everywhere; `STRUCT(…)`, `ENUM(…)` are in the list.
    let quoted = cursor.kind() == Some(TokenKind::QuotedIdent);
    let first = cursor.text();
    let second = cursor.text_at(1);
    let name = cursor.name(out.dialect)?;
    let mut word = name.last().as_str().to_owned();
    if !quoted {
        word.make_ascii_lowercase();
    }
    let mut zoned = false;
    if name.parts.len() == 1 && !quoted && continues(first, second) {
        zoned = tail(cursor, &mut word);
    }
    if cursor.is_open() {
        cursor.skip();
    }
    if !zoned
        && matches!(word.as_str(), "time" | "timestamp")
        && cursor.is_any(&["with", "without"])
    {
        zoned = tail(cursor, &mut word);
    }
    if word == "interval" {
        fields(cursor);
    }
    cursor.eat_phrase("character set");
    while cursor.eat_any(&["unsigned", "signed", "zerofill", "array"]) {}
    let mut brackets = 0;
    while cursor.kind() == Some(TokenKind::OpenBracket) {
        cursor.skip();
        brackets += 1;
    }
    // Where brackets quote identifiers there are no array types.
    many |= brackets > 0;
    let built_in = is_built_in(out, &name, quoted);
    let mut normal = if built_in || name.parts.len() == 1 {
        normal_spelling(&word, zoned).to_owned()
    } else {
        name.object().to_string()
    };
    if brackets > 0 {
        normal.push_str("[]");
    }
    Some(Type {
        normal,
        name: (!built_in).then_some(name),
        word,
        many,
    })
}

/// The further words of a type of several words. Says whether it has a time zone.
fn tail(cursor: &mut Cursor<'_>, word: &mut String) -> bool {
    if cursor.eat_phrase("with time zone") || cursor.eat_phrase("with local time zone") {
        return true;
    }
    if cursor.eat_phrase("without time zone") {
        return false;
    }
    match word.as_str() {
        "double" => {
            cursor.eat("precision");
            "double precision".clone_into(word);
        }
        "interval" | "time" | "timestamp" => {}
        "bit" if cursor.eat("varying") => "varbit".clone_into(word),
        "national" if cursor.eat_any(&["char", "character"]) => {
            let varying = cursor.eat("varying");
            if varying { "varchar" } else { "char" }.clone_into(word);
        }
        _ => {
            if cursor.eat("varying") || cursor.eat("varchar") {
                "varchar".clone_into(word);
            } else if cursor.eat("large") {
                cursor.eat("object");
            } else {
                cursor.bump();
            }
        }
    }
    false
}

/// `INTERVAL DAY TO SECOND(3)`.
fn fields(cursor: &mut Cursor<'_>) {
    let units = &["year", "month", "day", "hour", "minute", "second"];
    if cursor.eat_any(units) {
        if cursor.is("to") && cursor.any_at(1, units) {
            cursor.bump_by(2);
        }
        if cursor.is_open() {
            cursor.skip();
        }
    }
}

/// PostgreSQL's internal name where a type has several spellings.
fn normal_spelling(word: &str, zoned: bool) -> &str {
    match word {
        "int" | "integer" => "int4",
        "bigint" => "int8",
        "smallint" => "int2",
        "boolean" => "bool",
        "character varying" => "varchar",
        "char" | "character" => "bpchar",
        "dec" | "decimal" => "numeric",
        "real" => "float4",
        "float" | "double precision" | "double" => "float8",
        "timestamp" if zoned => "timestamptz",
        "time" if zoned => "timetz",
        other => other,
    }
}

/// Reads a type and says what it needs.
pub(super) fn used(out: &mut Out<'_>, cursor: &mut Cursor<'_>) -> Option<Type> {
    let start = *cursor;
    // `STRUCT(a my_type)`, `MAP(int, my_type)`, `UNION(…)`: the parts have types as well.
    if start.is_any(&["struct", "map", "union", "row", "list"])
        && start.kind_at(1) == Some(TokenKind::Open)
    {
        let mut parts = start;
        parts.bump();
        if let Some(inner) = parts.group() {
            nested(out, inner);
        }
    }
    // `t.c%TYPE`, `t%ROWTYPE`.
    if let Some(found) = like_another(out, cursor) {
        return Some(found);
    }
    let found = read(out, cursor)?;
    if let Some(name) = &found.name {
        uses(out, name);
    }
    Some(found)
}

/// The types in `(name type, …)` or `(type, type)`.
fn nested(out: &mut Out<'_>, inner: Cursor<'_>) {
    if out.too_deep() {
        return;
    }
    for mut item in inner.items() {
        if item.named_at(1) && !continues(item.text(), item.text_at(1)) {
            item.bump();
        }
        out.deeper(|out| {
            used(out, &mut item);
        });
    }
}

/// A type that patches may define is needed.
fn uses(out: &mut Out<'_>, name: &Name) {
    out.uses(Kind::Type, name);
}

/// A type is needed whose name stands in a string.
pub(super) fn uses_unless_built_in(out: &mut Out<'_>, name: &Name) {
    if !is_built_in(out, name, false) {
        uses(out, name);
    }
}

/// `name%TYPE` and `name%ROWTYPE`.
fn like_another(out: &mut Out<'_>, cursor: &mut Cursor<'_>) -> Option<Type> {
    let mut ahead = *cursor;
    let name = ahead.name(out.dialect)?;
    if !ahead.eat_op("%") {
        return None;
    }
    let row = ahead.is("rowtype");
    if !row && !ahead.is("type") {
        return None;
    }
    ahead.bump();
    let mut many = false;
    while ahead.kind() == Some(TokenKind::OpenBracket) {
        ahead.skip();
        many = true;
    }
    *cursor = ahead;
    if row {
        out.uses(Kind::Relation, &name);
    } else if let Some(owner) = name.owner()
        && !out.now.variables.contains(owner.last())
    {
        out.schema_of(&owner);
        out.column(Action::Use, &owner.object(), name.last(), name.span());
    }
    Some(Type {
        normal: name.object().to_string(),
        name: None,
        word: String::new(),
        many,
    })
}

/// A value of what may be an enum: `'v'::mood`.
pub(super) fn value(out: &mut Out<'_>, found: &Type, value: Ident, span: crate::source::Span) {
    if let Some(name) = &found.name
        && !found.many
    {
        let object = Object::member(Kind::EnumValue, name.object(), value);
        out.push(Action::Use, object, span);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn types_are_sorted() {
        assert!(super::BUILT_IN.is_sorted());
    }
}
