//! Names as they may stand in SQL.

use crate::dialect::lex::{TokenKind, lex};
use crate::dialect::{Dialect, ReadyPatches};
use crate::name::{Ident, ObjectName};

/// How many bytes a made name has at most. MariaDB and MySQL take 64 characters, PostgreSQL 63 bytes.
const LONGEST: usize = 60;

/// Writes names as an engine takes them.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) dialect: &'a Dialect,
    pub(super) ready: &'a ReadyPatches,
    /// The statement that renames: it shows how its names are written.
    pub(super) words: &'a str,
}

impl Names<'_> {
    /// A name of the statement as it is written there, without quotes: folding may have changed its case.
    pub(super) fn written(&self, name: &Ident) -> String {
        if !self.ready.keeps_case {
            return name.as_str().to_owned();
        }
        let tokens = lex(self.words, &self.dialect.lexing);
        let texts = tokens.iter().filter_map(|token| match token.kind {
            TokenKind::Word => Some(token.text(self.words)),
            TokenKind::QuotedIdent => {
                let text = token.text(self.words);
                text.get(1..text.len().saturating_sub(1))
            }
            _ => None,
        });
        let mut texts = texts.filter(|text| text.eq_ignore_ascii_case(name.as_str()));
        texts.next_back().unwrap_or(name.as_str()).to_owned()
    }

    /// As it may stand in SQL.
    pub(super) fn word(&self, text: &str) -> String {
        let case =
            |c: char| c.is_ascii_lowercase() || self.ready.keeps_case && c.is_ascii_uppercase();
        let is_plain = text.starts_with(|c: char| case(c) || c == '_')
            && text
                .chars()
                .all(|c| case(c) || c.is_ascii_digit() || c == '_');
        let lower = text.to_ascii_lowercase();
        let is_reserved = || {
            RESERVED.binary_search(&lower.as_str()).is_ok()
                || self.ready.keeps_case && is_quoted(self.words, text)
        };
        if is_plain && !is_reserved() {
            return text.to_owned();
        }
        let quote = self.ready.quote;
        let inner = text.replace(quote, &format!("{quote}{quote}"));
        format!("{quote}{inner}{quote}")
    }

    /// A name of the statement.
    pub(super) fn ident(&self, name: &Ident) -> String {
        self.word(&self.written(name))
    }

    /// With its schema, if the statement names one.
    pub(super) fn qualified(&self, name: &ObjectName) -> String {
        self.beside(name, &self.written(&name.name))
    }

    /// Another object in the same schema.
    pub(super) fn beside(&self, name: &ObjectName, text: &str) -> String {
        match &name.schema {
            Some(schema) => format!("{}.{}", self.ident(schema), self.word(text)),
            None => self.word(text),
        }
    }

    /// A name made of several.
    pub(super) fn joined(&self, parts: &[&str]) -> String {
        let mut text = parts.join("_");
        if text.len() > LONGEST {
            // What tells triggers apart stands at the end.
            let last = parts.last().copied().unwrap_or("");
            let keep = LONGEST.saturating_sub(last.len() + 1);
            text.truncate(text.floor_char_boundary(keep));
            text = format!("{text}_{last}");
        }
        text
    }
}

/// Whether the statement has a name in quotes: it may be a word that needs them.
fn is_quoted(words: &str, name: &str) -> bool {
    ['"', '`']
        .iter()
        .any(|quote| words.contains(&format!("{quote}{name}{quote}")))
}

/// Words that are no names without quotes.
/// <https://www.postgresql.org/docs/current/sql-keywords-appendix.html>
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Engine;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        assert!(RESERVED.is_sorted());
        let quoted = |engine: Engine, text: &str| {
            let dialect = engine.dialect();
            let ready = dialect.release.ready.expect("ready patches");
            let words = "ALTER TABLE `t` RENAME COLUMN `rank` TO nameOf";
            let names = Names {
                dialect,
                ready,
                words,
            };
            (names.word(text), names.written(&Ident::folded(text)))
        };
        let postgres = |text: &str| quoted(Engine::Postgres, text).0;
        assert_eq!(postgres("a_1"), "a_1");
        assert_eq!(postgres("order"), "\"order\"");
        assert_eq!(postgres("It's \"x\""), "\"It's \"\"x\"\"\"");
        assert_eq!(postgres("1a"), "\"1a\"");
        assert_eq!(postgres(""), "\"\"");
        assert_eq!(quoted(Engine::Mysql, "aB").0, "aB");
        assert_eq!(quoted(Engine::Mysql, "rank").0, "`rank`");
        assert_eq!(quoted(Engine::Mysql, "a`b").0, "`a``b`");
        assert_eq!(quoted(Engine::Mysql, "nameof").1, "nameOf");
    }
}
