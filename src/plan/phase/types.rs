//! Types of columns as texts: where they stand, and which holds all values of which.

use crate::dialect::Dialect;
use crate::dialect::lex::{TokenKind, lex};
use crate::read::column::AFTER_TYPE;
use crate::source::{Sources, Span};

/// How far behind a column's name its type is looked for.
const FAR: usize = 200;

/// The first bytes of a text.
pub(super) fn start(text: &str, far: usize) -> &str {
    let mut end = text.len().min(far);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The type that stands behind the name of a column.
pub(super) fn after(sources: &Sources, dialect: &Dialect, name: Span) -> Option<String> {
    written(sources, dialect, name).map(|words| normal(&words))
}

/// The same as it is written.
pub(super) fn written(sources: &Sources, dialect: &Dialect, name: Span) -> Option<String> {
    let text = &sources.get(name.source).text;
    let rest = text.get(name.end as usize..)?;
    let rest = start(rest, FAR);
    let mut words = String::new();
    let mut depth = 0_usize;
    for token in lex(rest, &dialect.lexing) {
        if token.is_trivia() {
            words.push(' ');
            continue;
        }
        let word = token.text(rest);
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close if depth == 0 => break,
            TokenKind::Close => depth -= 1,
            TokenKind::Comma if depth == 0 => break,
            TokenKind::Semicolon => break,
            TokenKind::Word
                if depth == 0 && AFTER_TYPE.iter().any(|end| word.eq_ignore_ascii_case(end)) =>
            {
                break;
            }
            TokenKind::Word if depth == 0 && word.eq_ignore_ascii_case("set") => {
                // Of `varchar(9) CHARACTER SET utf8`; the type `SET ('a', 'b')` begins so.
                let before = words.trim_end().to_ascii_lowercase();
                if let Some(kind) = before.strip_suffix("character") {
                    words.truncate(kind.len());
                    break;
                }
            }
            _ => {}
        }
        words.push_str(word);
    }
    let words = words.trim();
    (!words.is_empty()).then(|| words.to_owned())
}

/// What is said of a column behind its name: the type, NOT NULL, DEFAULT and all, in lower case.
pub(super) fn definition(sources: &Sources, dialect: &Dialect, name: Span) -> Option<String> {
    definition_within(sources, dialect, name, FAR).map(|words| normal(&words))
}

/// The same as it is written, however long it is.
pub(super) fn raw_definition(sources: &Sources, dialect: &Dialect, name: Span) -> Option<String> {
    definition_within(sources, dialect, name, 100 * FAR)
}

fn definition_within(
    sources: &Sources,
    dialect: &Dialect,
    name: Span,
    far: usize,
) -> Option<String> {
    let text = &sources.get(name.source).text;
    let rest = start(text.get(name.end as usize..)?, far);
    let mut words = String::new();
    let mut depth = 0_usize;
    for token in lex(rest, &dialect.lexing) {
        match token.kind {
            _ if token.is_trivia() => {
                words.push(' ');
                continue;
            }
            TokenKind::Open => depth += 1,
            TokenKind::Close if depth == 0 => break,
            TokenKind::Close => depth -= 1,
            TokenKind::Comma if depth == 0 => break,
            TokenKind::Semicolon => break,
            _ => {}
        }
        words.push_str(token.text(rest));
    }
    Some(words)
}

/// What stands behind DEFAULT in a [`raw_definition`]: a literal with its sign, a word, or what is in
/// parentheses.
pub(super) fn default_of<'t>(definition: &'t str, dialect: &Dialect) -> Option<&'t str> {
    let tokens = lex(definition, &dialect.lexing);
    let mut tokens = tokens.iter().filter(|token| !token.is_trivia());
    tokens.find(|token| token.is_word(definition, "DEFAULT"))?;
    let first = tokens.next()?;
    let mut end = first.end;
    let mut depth = usize::from(first.kind == TokenKind::Open);
    for token in tokens {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ if end == first.end && first.kind == TokenKind::Operator => {}
            _ => break,
        }
        end = token.end;
    }
    definition.get(first.start as usize..end as usize)
}

/// Whether a [`definition`] refuses NULL.
pub(super) fn refuses_null(definition: &str) -> bool {
    definition.contains("not null") || definition.contains("primary key")
}

/// Whether a [`definition`] gives the column a value where an INSERT does not name it.
pub(super) fn fills(definition: &str) -> bool {
    let any = [
        "default",
        "auto_increment",
        "generated",
        " as(",
        "integer primary key",
    ];
    any.iter().any(|word| definition.contains(word)) && !definition.contains("default null")
}

/// Whether SQLite's one type takes every value of another one and gives it back as the same kind of value. It
/// heeds the affinity only
/// (<https://www.sqlite.org/datatype3.html#determination_of_column_affinity>).
pub(super) fn affinity_holds(wide: &str, narrow: &str) -> bool {
    match (affinity(wide), affinity(narrow)) {
        (Some("numeric"), Some("integer")) => true,
        (Some(wide), Some(narrow)) => wide == narrow,
        // UUID, DATETIME and the like mostly hold texts, BOOLEAN integers.
        _ => true,
    }
}

fn affinity(words: &str) -> Option<&'static str> {
    const BY_PARTS: &[(&str, &[&str])] = &[
        ("integer", &["int"]),
        ("text", &["char", "clob", "text"]),
        ("blob", &["blob"]),
        ("real", &["real", "floa", "doub"]),
        ("numeric", &["numeric", "decimal"]),
    ];
    let has = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    let mut all = BY_PARTS.iter();
    all.find(|(_, parts)| has(parts)).map(|(name, _)| *name)
}

/// In lower case, with one space between words and none around brackets.
pub(super) fn normal(words: &str) -> String {
    let lower = words.to_lowercase();
    let spaced: Vec<&str> = lower.split_whitespace().collect();
    let text = spaced.join(" ");
    text.replace(" (", "(")
        .replace("( ", "(")
        .replace(" )", ")")
        .replace(", ", ",")
}

/// Whether `wide` takes every value of `narrow`, and gives it back as the same kind of value.
pub(super) fn holds(wide: &str, narrow: &str) -> bool {
    if let (Some(wide), Some(narrow)) = (values(wide), values(narrow)) {
        return narrow.iter().all(|value| wide.contains(value));
    }
    let (wide, narrow) = (parts(wide), parts(narrow));
    if wide.0 != narrow.0 {
        let text = |kind: &str| matches!(kind, "text" | "varchar");
        return wide.0 == "text" && text(&narrow.0) || holds_integers(&wide.0, &narrow.0);
    }
    match (wide.1.as_slice(), narrow.1.as_slice()) {
        ([], _) => true,
        ([wide], [narrow]) => wide >= narrow,
        ([wide, digits], [narrow, same]) => wide >= narrow && digits == same,
        _ => false,
    }
}

/// Whether the one is an integer of more bytes, so that rows are written anew for it.
pub(super) fn is_wider_integer(wide: &str, narrow: &str) -> bool {
    let (wide, narrow) = (parts(wide).0, parts(narrow).0);
    wide != narrow && holds_integers(&wide, &narrow)
}

/// The integers by size, and whether they are without a sign.
fn integer(name: &str) -> Option<(usize, bool)> {
    const SIZES: &[&str] = &["tinyint", "smallint", "mediumint", "int", "bigint"];
    let (name, unsigned) = match name.strip_suffix(" unsigned") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let size = SIZES.iter().position(|size| *size == name)?;
    Some((size, unsigned))
}

fn holds_integers(wide: &str, narrow: &str) -> bool {
    match (integer(wide), integer(narrow)) {
        (Some((wide, unsigned)), Some((narrow, same))) => {
            wide > narrow && (same || !unsigned) || wide == narrow && unsigned == same
        }
        _ => false,
    }
}

/// The values of MariaDB's and MySQL's ENUM and SET.
fn values(words: &str) -> Option<Vec<&str>> {
    let inner = words
        .strip_prefix("enum(")
        .or_else(|| words.strip_prefix("set("))?;
    let inner = inner.strip_suffix(')').unwrap_or(inner);
    Some(inner.split(',').map(str::trim).collect())
}

/// The name, with what stands behind the numbers, and the numbers.
fn parts(words: &str) -> (String, Vec<u32>) {
    let (name, rest) = words.split_once('(').unwrap_or((words, ""));
    let (inner, behind) = rest.split_once(')').unwrap_or((rest, ""));
    let name = format!("{}{}", name.trim(), behind_brackets(behind));
    let name = match name.as_str() {
        "character varying" | "char varying" | "nvarchar" | "varchar2" => "varchar",
        "decimal" | "dec" => "numeric",
        "int2" => "smallint",
        "int4" | "integer" => "int",
        "integer unsigned" => "int unsigned",
        "character" => "char",
        "int8" => "bigint",
        "bool" => "boolean",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        name => name,
    };
    let numbers = inner
        .split(',')
        .filter_map(|number| number.trim().parse().ok());
    let mut numbers: Vec<u32> = numbers.collect();
    if integer(name).is_some() {
        // How wide MariaDB and MySQL show it.
        numbers.clear();
    } else if numbers.is_empty() {
        match name {
            "char" => numbers.push(1),
            // MariaDB's and MySQL's has no fractions of seconds where it does not say so.
            "datetime" => numbers.push(0),
            _ => {}
        }
    }
    (name.to_owned(), numbers)
}

fn behind_brackets(words: &str) -> String {
    match words.trim() {
        "" => String::new(),
        words if words.starts_with('[') => words.to_owned(),
        words => format!(" {words}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wider_type_holds_a_narrower_one() {
        for (wide, narrow) in [
            ("varchar(20)", "varchar(10)"),
            ("text", "character varying(10)"),
            ("numeric(12,2)", "numeric(10,2)"),
            ("varchar", "varchar(10)"),
            ("int", "integer"),
            ("bigint", "int"),
            ("int unsigned", "int(10) unsigned"),
            ("bigint", "int unsigned"),
            ("enum('a','b','c')", "enum('a','b')"),
            ("datetime(6)", "datetime"),
        ] {
            assert!(holds(wide, narrow), "{wide} {narrow}");
        }
        for (wide, narrow) in [
            ("varchar(10)", "varchar(20)"),
            ("varchar(10)", "text"),
            ("int", "bigint"),
            ("int", "int unsigned"),
            ("bigint unsigned", "int"),
            ("enum('a')", "enum('a','b')"),
            ("datetime", "datetime(6)"),
            ("char", "char(3)"),
            ("varchar(10)[]", "varchar(10)"),
            ("timestamp(3) with time zone", "timestamp(3)"),
            ("numeric(12,4)", "numeric(10,2)"),
            ("timestamptz", "timestamp"),
        ] {
            assert!(!holds(wide, narrow), "{wide} {narrow}");
        }
    }
}
