//! What a statement sets, by its words: names of settings with their values.

use crate::dialect::Dialect;
use crate::dialect::lex::{self, Token, TokenKind};
use crate::read::fact::Kind;

/// The name of a setting, and its value in a normal spelling; empty where it is taken away.
pub(in crate::resolve) type Set = (String, String);

/// The options of a table or database of MySQL that stand there without SET.
/// <https://dev.mysql.com/doc/refman/8.4/en/create-table.html>
const OPTIONS: [&str; 22] = [
    "auto_increment",
    "avg_row_length",
    "charset",
    "checksum",
    "collate",
    "comment",
    "compression",
    "connection",
    "delay_key_write",
    "encrypted",
    "encryption",
    "engine",
    "insert_method",
    "key_block_size",
    "max_rows",
    "min_rows",
    "pack_keys",
    "page_compressed",
    "row_format",
    "stats_auto_recalc",
    "stats_persistent",
    "stats_sample_pages",
];

/// What an option of a role says with one word; `no` before it says the contrary.
const ATTRIBUTES: [&str; 7] = [
    "superuser",
    "createdb",
    "createrole",
    "inherit",
    "login",
    "replication",
    "bypassrls",
];

/// What an ALTER sets of an object of this kind: `after` is what follows its name.
pub(in crate::resolve) fn set_by(kind: Kind, after: &str, dialect: &Dialect) -> Vec<Set> {
    let words = words(after, dialect);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut set = Vec::new();
    match kind {
        Kind::Column => column(first_action(&words), &mut set),
        Kind::Domain => column(&words, &mut set),
        Kind::Sequence => sequence(&words, &mut set),
        Kind::Role => role(&words, &mut set),
        Kind::Routine | Kind::Procedure => routine(behind_parentheses(&words), &mut set),
        Kind::Policy => policy(&words, &mut set),
        Kind::ForeignServer | Kind::ForeignDataWrapper => server(&words, &mut set),
        Kind::Publication | Kind::Subscription | Kind::Extension => whole(&words, &mut set),
        Kind::Schema => set.extend(of_database(&words)),
        _ => {
            for action in actions(&words) {
                whole(action, &mut set);
            }
        }
    }
    set
}

/// What ALTER DATABASE and ALTER SYSTEM set: `SET name = value`.
pub(super) fn parameter(after: &str, dialect: &Dialect) -> Option<Set> {
    let words = words(after, dialect);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    of_database(&words).pop()
}

fn of_database(words: &[&str]) -> Vec<Set> {
    let mut set = Vec::new();
    whole(words, &mut set);
    if set.is_empty() {
        set.extend(parameter_of(words));
    }
    set
}

/// The DEFAULT of a column that is told anew as a whole; empty where it has none.
pub(super) fn default_of(definition: &[String]) -> String {
    const ENDS: [&str; 16] = [
        "not",
        "null",
        "comment",
        "primary",
        "unique",
        "key",
        "auto_increment",
        "on",
        "after",
        "first",
        "check",
        "collate",
        "generated",
        "references",
        "invisible",
        "visible",
    ];
    let mut words = definition.iter().skip_while(|word| *word != "default");
    words.next();
    // DEFAULT NULL is one as well.
    let first = words.next().into_iter();
    let rest = words.take_while(|word| !ENDS.contains(&word.as_str()));
    let value: Vec<&str> = first.chain(rest).map(String::as_str).collect();
    value.join(" ")
}

/// Names as the engine folds them, strings and numbers as they are.
fn words(text: &str, dialect: &Dialect) -> Vec<String> {
    let tokens = lex::lex(text, &dialect.lexing);
    let told = tokens
        .iter()
        .filter(|token| !token.is_trivia() && token.kind != TokenKind::Semicolon);
    let word = |token: &Token| match token.kind {
        TokenKind::Word => token.text(text).to_ascii_lowercase(),
        TokenKind::QuotedIdent => dialect.ident(token.text(text)).as_str().to_owned(),
        _ => token.text(text).to_owned(),
    };
    told.map(word).collect()
}

/// The words of each action: between commas that are in no parentheses.
fn actions<'w, 't>(words: &'w [&'t str]) -> impl Iterator<Item = &'w [&'t str]> {
    let mut depth = 0;
    words.split(move |word| {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        depth == 0 && *word == ","
    })
}

fn first_action<'w, 't>(words: &'w [&'t str]) -> &'w [&'t str] {
    actions(words).next().unwrap_or_default()
}

fn behind_parentheses<'w, 't>(words: &'w [&'t str]) -> &'w [&'t str] {
    if words.first() != Some(&"(") {
        return words;
    }
    let mut depth = 0;
    let end = words.iter().position(|word| {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    end.map_or(&[], |end| &words[end + 1..])
}

fn value(words: &[&str]) -> String {
    let words: Vec<&str> = words
        .iter()
        .copied()
        .skip_while(|word| matches!(*word, "to" | "=" | "by" | "with"))
        .collect();
    words.join(" ")
}

fn add(set: &mut Vec<Set>, name: impl Into<String>, words: &[&str]) {
    set.push((name.into(), value(words)));
}

fn column(words: &[&str], set: &mut Vec<Set>) {
    match words {
        ["set", "default", value @ ..] => add(set, "default", value),
        ["drop", "default", ..] => add(set, "default", &[]),
        ["set" | "drop", "not", "null", ..] => add(set, "not null", &words[..1]),
        ["set", "generated", value, ..] => add(set, "generated", &[value]),
        ["set", "visible" | "invisible", ..] => add(set, "visible", &words[1..2]),
        ["restart", value @ ..] => add(set, "restart", value),
        _ => whole(words, set),
    }
}

/// One action of an ALTER TABLE and the like.
fn whole(words: &[&str], set: &mut Vec<Set>) {
    match words {
        ["owner", "to", owner @ ..] => add(set, "owner", owner),
        ["enable" | "disable", "row", "level", "security"] => {
            add(set, "row level security", &words[..1]);
        }
        ["force", "row", ..] => add(set, "force row level security", &["force"]),
        ["no", "force", "row", ..] => add(set, "force row level security", &["no"]),
        ["enable" | "disable", kind @ ("trigger" | "rule"), name] => {
            add(set, format!("{kind} {name}"), &words[..1]);
        }
        [
            "enable",
            when @ ("always" | "replica"),
            kind @ ("trigger" | "rule"),
            name,
        ] => add(set, format!("{kind} {name}"), &[when]),
        ["enable" | "disable", ..] => add(set, "enabled", words),
        ["replica", "identity", identity @ ..] => add(set, "replica identity", identity),
        ["cluster", "on", index] => add(set, "cluster", &[index]),
        ["set", "without", "cluster"] => add(set, "cluster", &[]),
        ["set", "logged" | "unlogged"] => add(set, "logged", &words[1..]),
        ["set" | "reset", "(", items @ .., ")"] => parameters(items, set),
        ["set", "access", "method", method @ ..] => add(set, "access method", method),
        [
            "set",
            name @ ("tablespace" | "statistics" | "storage" | "compression"),
            value @ ..,
        ] => add(set, *name, value),
        [
            "set",
            what @ ("table" | "tables" | "publication"),
            list @ ..,
        ] => {
            add(set, *what, list);
        }
        ["update", "to", version @ ..] => add(set, "version", version),
        ["connection", connection @ ..] => add(set, "connection", connection),
        ["visible" | "invisible"] => add(set, "visible", words),
        ["ignored"] | ["not", "ignored"] => add(set, "ignored", words),
        ["convert", "to", "character", "set", charset, rest @ ..] => {
            add(set, "charset", &[charset]);
            options(rest, set);
        }
        _ => options(words, set),
    }
}

/// The storage parameters between the parentheses of SET and RESET.
fn parameters(words: &[&str], set: &mut Vec<Set>) {
    for item in actions(words) {
        let equals = item.iter().position(|word| *word == "=");
        let (name, value) = item.split_at(equals.unwrap_or(item.len()));
        add(set, name.concat(), value);
    }
}

fn options(mut words: &[&str], set: &mut Vec<Set>) {
    loop {
        words = match words {
            ["," | "default", rest @ ..] => rest,
            ["character", "set", "=", value, rest @ ..]
            | ["character", "set", value, rest @ ..] => {
                add(set, "charset", &[value]);
                rest
            }
            [name, "=", value, rest @ ..] | [name, value, rest @ ..] if OPTIONS.contains(name) => {
                add(set, *name, &[value]);
                rest
            }
            _ => return,
        };
    }
}

fn sequence(mut words: &[&str], set: &mut Vec<Set>) {
    loop {
        words = match words {
            [
                name @ ("increment" | "start" | "restart"),
                "by" | "with" | "=",
                rest @ ..,
            ]
            | [
                name @ ("increment" | "start" | "restart" | "minvalue" | "maxvalue" | "cache"),
                rest @ ..,
            ] => {
                let length = match rest {
                    ["-" | "+", ..] => 2,
                    [number, ..] if number.starts_with(|it: char| it.is_ascii_digit()) => 1,
                    _ => 0,
                };
                let (value, rest) = rest.split_at(length.min(rest.len()));
                add(set, *name, value);
                rest
            }
            ["no", name @ ("minvalue" | "maxvalue" | "cycle"), rest @ ..] => {
                add(set, *name, &["no"]);
                rest
            }
            ["cycle", rest @ ..] => {
                add(set, "cycle", &["cycle"]);
                rest
            }
            ["owned", "by", owner @ ..] => {
                add(set, "owned by", owner);
                return;
            }
            [] => return,
            _ => {
                whole(words, set);
                return;
            }
        };
    }
}

fn role(words: &[&str], set: &mut Vec<Set>) {
    if let ["in", "database", database, rest @ ..] = words {
        if let Some((name, value)) = parameter_of(rest) {
            set.push((format!("{name} in {database}"), value));
        }
        return;
    }
    if let Some(parameter) = parameter_of(words) {
        set.push(parameter);
        return;
    }
    let mut words = words;
    while let [word, rest @ ..] = words {
        let attribute = word.strip_prefix("no").unwrap_or(word);
        words = if ATTRIBUTES.contains(&attribute) {
            add(set, attribute, &[word]);
            rest
        } else {
            match words {
                ["connection", "limit", "-", number, rest @ ..] => {
                    add(set, "connection limit", &["-", number]);
                    rest
                }
                ["connection", "limit", number, rest @ ..] => {
                    add(set, "connection limit", &[number]);
                    rest
                }
                ["password", password, rest @ ..] => {
                    add(set, "password", &[password]);
                    rest
                }
                ["identified", how @ ..] => {
                    add(set, "password", how);
                    return;
                }
                ["valid", "until", until, rest @ ..] => {
                    add(set, "valid until", &[until]);
                    rest
                }
                ["account", "lock" | "unlock", ..] => {
                    add(set, "account", &words[1..2]);
                    &words[2..]
                }
                _ => rest,
            }
        };
    }
}

/// `SET name = value` and `RESET name`.
fn parameter_of(words: &[&str]) -> Option<Set> {
    match words {
        ["reset", "all"] => None,
        ["reset", name @ ..] if !name.is_empty() => Some((name.concat(), String::new())),
        ["set", "schema" | "(", ..] => None,
        ["set", rest @ ..] => {
            let is_end = |word: &&str| matches!(*word, "to" | "=" | "from");
            let end = rest.iter().position(is_end).unwrap_or(1);
            let (name, value) = rest.split_at_checked(end)?;
            (!name.is_empty()).then(|| (name.concat(), self::value(value)))
        }
        _ => None,
    }
}

fn routine(words: &[&str], set: &mut Vec<Set>) {
    if let Some(parameter) = parameter_of(words) {
        set.push(parameter);
        return;
    }
    if words.first() == Some(&"owner") {
        whole(words, set);
        return;
    }
    let mut words = words;
    while let [word, rest @ ..] = words {
        words = match words {
            ["immutable" | "stable" | "volatile", ..] => {
                add(set, "volatility", &[word]);
                rest
            }
            ["security", who, rest @ ..] => {
                add(set, "security", &[who]);
                rest
            }
            ["not", "leakproof", rest @ ..] => {
                add(set, "leakproof", &["not"]);
                rest
            }
            ["leakproof", ..] => {
                add(set, "leakproof", &[word]);
                rest
            }
            ["strict", ..] | ["returns", "null", ..] | ["called", ..] => {
                let strict = if *word == "called" {
                    "called"
                } else {
                    "strict"
                };
                add(set, "null input", &[strict]);
                let is_end = |word: &&str| *word == "input";
                let end = words.iter().position(is_end).unwrap_or(0);
                &words[end + 1..]
            }
            [name @ ("cost" | "rows" | "parallel"), value, rest @ ..] => {
                add(set, *name, &[value]);
                rest
            }
            _ => rest,
        };
    }
}

fn policy(words: &[&str], set: &mut Vec<Set>) {
    let mut depth = 0;
    let mut part: Option<(&str, usize)> = None;
    let mut parts = Vec::new();
    for (at, word) in words.iter().enumerate() {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            "using" | "check" | "to" if depth == 0 => {
                parts.extend(part.map(|(name, start)| (name, start, at)));
                part = Some((*word, at + 1));
            }
            _ => {}
        }
    }
    parts.extend(part.map(|(name, start)| (name, start, words.len())));
    for (name, start, end) in parts {
        let value = &words[start..end];
        let value = value.strip_suffix(&["with"]).unwrap_or(value);
        add(set, name, value);
    }
}

fn server(words: &[&str], set: &mut Vec<Set>) {
    match words {
        ["version", version, rest @ ..] => {
            add(set, "version", &[version]);
            server(rest, set);
        }
        ["options", "(", items @ .., ")"] => {
            for item in actions(items) {
                match item {
                    ["set" | "add", name, value @ ..] => add(set, format!("option {name}"), value),
                    ["drop", name] => add(set, format!("option {name}"), &[]),
                    [name, value @ ..] => add(set, format!("option {name}"), value),
                    [] => {}
                }
            }
        }
        _ => whole(words, set),
    }
}

#[cfg(test)]
mod tests {
    use super::{parameter, set_by};
    use crate::dialect::Engine;
    use crate::read::fact::Kind;

    #[track_caller]
    fn check(kind: Kind, after: &str, expected: &[(&str, &str)]) {
        let set = set_by(kind, after, Engine::Postgres.dialect());
        let set: Vec<(&str, &str)> = set
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(set, expected, "{after}");
    }

    #[test]
    fn settings_of_tables_and_columns() {
        check(
            Kind::Column,
            " SET DEFAULT f(1, 2), ALTER d DROP DEFAULT",
            &[("default", "f ( 1 , 2 )")],
        );
        check(Kind::Column, " DROP DEFAULT;", &[("default", "")]);
        check(Kind::Column, " SET NOT NULL", &[("not null", "set")]);
        check(Kind::Column, " TYPE text", &[]);
        check(
            Kind::Column,
            " SET (n_distinct = 5)",
            &[("n_distinct", "5")],
        );
        check(
            Kind::Table,
            " ADD COLUMN owner int, OWNER TO \"x\", ALTER c SET DEFAULT 1, SET (a=1, toast.b = off)",
            &[("owner", "x"), ("a", "1"), ("toast.b", "off")],
        );
        check(
            Kind::Table,
            " DISABLE TRIGGER g, ENABLE ALWAYS TRIGGER h, NO FORCE ROW LEVEL SECURITY",
            &[
                ("trigger g", "disable"),
                ("trigger h", "always"),
                ("force row level security", "no"),
            ],
        );
        check(
            Kind::Table,
            " ENGINE=InnoDB COMMENT='x', DEFAULT CHARACTER SET utf8mb4",
            &[
                ("engine", "innodb"),
                ("comment", "'x'"),
                ("charset", "utf8mb4"),
            ],
        );
        check(Kind::Table, " RENAME TO owner", &[]);
    }

    #[test]
    fn settings_of_other_objects() {
        check(
            Kind::Sequence,
            " INCREMENT BY -2 RESTART NO CYCLE OWNED BY t.c",
            &[
                ("increment", "- 2"),
                ("restart", ""),
                ("cycle", "no"),
                ("owned by", "t . c"),
            ],
        );
        check(
            Kind::Role,
            " SET search_path = a, b",
            &[("search_path", "a , b")],
        );
        check(
            Kind::Role,
            " IN DATABASE d RESET work_mem",
            &[("work_mem in d", "")],
        );
        check(
            Kind::Role,
            " WITH NOLOGIN CONNECTION LIMIT 3",
            &[("login", "nologin"), ("connection limit", "3")],
        );
        check(
            Kind::Routine,
            "(int) STABLE RETURNS NULL ON NULL INPUT COST 5",
            &[
                ("volatility", "stable"),
                ("null input", "strict"),
                ("cost", "5"),
            ],
        );
        check(
            Kind::Policy,
            " ON t TO a, b USING (x = 1) WITH CHECK (y)",
            &[("to", "a , b"), ("using", "( x = 1 )"), ("check", "( y )")],
        );
        check(
            Kind::ForeignServer,
            " OPTIONS (SET host 'x', DROP port)",
            &[("option host", "'x'"), ("option port", "")],
        );
        let set = parameter(" SET timezone TO 'UTC'", Engine::Postgres.dialect());
        assert_eq!(set, Some(("timezone".to_owned(), "'UTC'".to_owned())));
    }
}
