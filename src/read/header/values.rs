//! What a directive's key and value mean, and what to say when they mean nothing.

use std::path::PathBuf;

use super::directive::{Directive, trimmed};
use super::{Header, Late, Phase, Requirement, Spanned, allow};
use crate::dialect::Engine;
use crate::finding::{Code, Finding, Fix};
use crate::source::Span;

/// What a directive is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Requires,
    Name,
    Formerly,
    Provides,
    Uses,
    Ignores,
    Allow,
    Phase,
    Repeatable,
    Transaction,
    Dialect,
    Revert,
}

/// Every spelling of every key.
const KEYS: &[(&str, Key)] = &[
    ("requires", Key::Requires),
    ("require", Key::Requires),
    ("depends", Key::Requires),
    ("name", Key::Name),
    ("formerly", Key::Formerly),
    ("provides", Key::Provides),
    ("uses", Key::Uses),
    ("ignores", Key::Ignores),
    ("allow", Key::Allow),
    ("allows", Key::Allow),
    ("phase", Key::Phase),
    ("repeatable", Key::Repeatable),
    ("transaction", Key::Transaction),
    ("dialect", Key::Dialect),
    ("revert", Key::Revert),
];

fn key(directive: &Directive<'_>) -> Option<Key> {
    KEYS.iter()
        .find(|(spelling, _)| directive.key.eq_ignore_ascii_case(spelling))
        .map(|&(_, key)| key)
}

/// Puts what the directive says into the header.
pub(super) fn take(directive: &Directive<'_>, header: &mut Header, findings: &mut Vec<Finding>) {
    if directive.prefixed && key(directive).is_none() {
        findings.push(unknown(directive));
    } else if !is_written(directive) {
        findings.extend(looks_like(directive));
    } else if let Some(key) = key(directive)
        && let Err(finding) = store(key, directive, header)
    {
        findings.push(*finding);
    }
}

/// What a directive that stands too late would take away.
pub(super) fn late(directive: &Directive<'_>) -> Option<Late> {
    match key(directive)? {
        Key::Allow => Some(Late::Allow(allow::read(directive).ok()?)),
        Key::Ignores => {
            let items = items(directive).into_iter().map(|item| item.value);
            Some(Late::Ignores(items.collect(), directive.span))
        }
        _ => None,
    }
}

/// Whether the line is a directive and not prose: `@` or the prefix says so, or a colon and a value
/// in the key's form, or the bare word `repeatable`.
pub(super) fn is_written(directive: &Directive<'_>) -> bool {
    let Some(key) = key(directive) else {
        return false;
    };
    if directive.explicit {
        return true;
    }
    let value = directive.value;
    let one_word = !value.is_empty() && !value.contains(char::is_whitespace);
    if !directive.colon {
        return key == Key::Repeatable && value.is_empty();
    }
    match key {
        Key::Repeatable => value.is_empty() || one_word,
        Key::Name | Key::Phase | Key::Transaction => one_word,
        Key::Revert => one_word || value.ends_with(".sql"),
        Key::Allow => allow::starts_with_code(value),
        _ => {
            let items = items(directive);
            let external = |item: &str| {
                let name = item.strip_prefix("external").unwrap_or(item);
                is_reference(if key == Key::Requires {
                    name.trim()
                } else {
                    item
                })
            };
            !items.is_empty() && items.iter().all(|item| external(&item.value))
        }
    }
}

/// Whether a text is one name, path, glob or object, blanks only inside quotes and parentheses.
fn is_reference(text: &str) -> bool {
    let mut depth = 0;
    let mut quoted = false;
    for char in text.chars() {
        match char {
            '"' | '`' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ if char.is_whitespace() && !quoted && depth == 0 => return false,
            _ => {}
        }
    }
    !text.is_empty()
}

/// The items of a list between commas, not counting those in quotes and parentheses.
fn items(directive: &Directive<'_>) -> Vec<Spanned<String>> {
    let value = directive.value;
    let mut depth = 0;
    let mut quoted = false;
    let mut items = Vec::new();
    let mut start = 0;
    for (at, char) in value.char_indices().chain([(value.len(), ',')]) {
        match char {
            '"' | '`' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            ',' if at == value.len() || !quoted && depth <= 0 => {
                let range = trimmed(value, start..at);
                if !range.is_empty() {
                    let offset = directive.value_span.start;
                    let span = Span::new(
                        directive.span.source,
                        offset + range.start as u32,
                        offset + range.end as u32,
                    );
                    items.push(Spanned {
                        value: value[range].to_owned(),
                        span,
                    });
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    items
}

fn store(key: Key, directive: &Directive<'_>, header: &mut Header) -> Result<(), Box<Finding>> {
    let span = directive.value_span;
    let text = directive.value;
    if text.is_empty() && key != Key::Repeatable {
        let finding = bad(directive, "has no value", directive.key_span);
        return Err(Box::new(finding.help(format!(
            "write the value after it, as in `{}`",
            example(key)
        ))));
    }
    let is_list = matches!(
        key,
        Key::Requires | Key::Formerly | Key::Provides | Key::Uses | Key::Ignores | Key::Dialect
    );
    if is_list && items(directive).is_empty() {
        let finding = bad(directive, "names nothing", span);
        return Err(Box::new(finding.help(format!(
            "write names between commas, as in `{}`",
            example(key)
        ))));
    }
    match key {
        Key::Requires => {
            for Spanned { value, span } in items(directive) {
                let external = value
                    .strip_prefix("external")
                    .filter(|name| name.starts_with(char::is_whitespace));
                let value = match external {
                    Some(name) => Requirement::External(name.trim().to_owned()),
                    None => Requirement::Reference(value),
                };
                header.requires.push(Spanned { value, span });
            }
        }
        Key::Formerly => header.formerly.extend(items(directive)),
        Key::Provides => header.provides.extend(items(directive)),
        Key::Uses => header.uses.extend(items(directive)),
        Key::Ignores => header.ignores.extend(items(directive)),
        Key::Allow => header.allows.push(allow::read(directive)?),
        Key::Name => once(directive, &mut header.name, text.to_owned())?,
        Key::Revert => once(directive, &mut header.revert, PathBuf::from(text))?,
        Key::Phase => {
            let phases = [
                ("expand", Phase::Expand),
                ("migrate", Phase::Migrate),
                ("contract", Phase::Contract),
            ];
            let phase = one_of(directive, text, span, &phases)?;
            once(directive, &mut header.phase, phase)?;
        }
        Key::Repeatable => {
            let is = text.is_empty() || one_of(directive, text, span, YES_OR_NO)?;
            header.repeatable = is.then_some(directive.span);
        }
        Key::Transaction => {
            let wanted = [("off", false), ("none", false), ("no", false), ("on", true)];
            let wanted = one_of(directive, text, span, &wanted)?;
            header.no_transaction = (!wanted).then_some(directive.span);
        }
        Key::Dialect => {
            let engines = Engine::ALL.map(|engine| (engine.name(), engine));
            for item in items(directive) {
                let value = one_of(directive, &item.value, item.span, &engines)?;
                let span = item.span;
                header.dialects.push(Spanned { value, span });
            }
        }
    }
    Ok(())
}

const YES_OR_NO: &[(&str, bool)] = &[
    ("yes", true),
    ("no", false),
    ("true", true),
    ("false", false),
    ("on", true),
    ("off", false),
];

fn example(key: Key) -> &'static str {
    match key {
        Key::Requires => "-- requires: shop/customers, shop.currency",
        Key::Name => "-- name: shop/orders",
        Key::Formerly => "-- formerly: old/name",
        Key::Provides => "-- provides: shop.orders_2026",
        Key::Uses => "-- uses: shop.orders",
        Key::Ignores => "-- ignores: shop/customers",
        Key::Allow => "-- allow: dynamic-sql it makes only temporary tables",
        Key::Phase => "-- phase: expand",
        Key::Repeatable => "-- repeatable",
        Key::Transaction => "-- transaction: off",
        Key::Dialect => "-- dialect: postgres, sqlite",
        Key::Revert => "-- revert: orders.revert.sql",
    }
}

/// Sets what may be said only once.
fn once<T: PartialEq>(
    directive: &Directive<'_>,
    place: &mut Option<Spanned<T>>,
    value: T,
) -> Result<(), Box<Finding>> {
    if let Some(first) = place
        && first.value != value
    {
        return Err(Box::new(
            bad(directive, "is given twice", directive.value_span)
                .label(first.span, "given here already")
                .help("keep one of the two lines"),
        ));
    }
    *place = Some(Spanned {
        value,
        span: directive.value_span,
    });
    Ok(())
}

fn one_of<T: Copy>(
    directive: &Directive<'_>,
    text: &str,
    span: Span,
    values: &[(&str, T)],
) -> Result<T, Box<Finding>> {
    let is = |spelling: &str| text.eq_ignore_ascii_case(spelling);
    if let Some(&(_, value)) = values.iter().find(|(spelling, _)| is(spelling)) {
        return Ok(value);
    }
    let spellings = values.iter().map(|&(spelling, _)| spelling);
    let list = spellings.clone().collect::<Vec<_>>().join(", ");
    let mut finding = bad(directive, &format!("cannot be `{text}`"), span);
    finding = match closest(text, spellings) {
        Some(close) => finding
            .help(format!("did you mean `{close}`? The values are {list}"))
            .fix(Fix::new(format!("write `{close}`")).replace(span, close)),
        None => finding.help(format!("write one of {list}")),
    };
    Err(Box::new(finding))
}

pub(super) fn bad(directive: &Directive<'_>, problem: &str, span: Span) -> Finding {
    let key = directive.key.to_ascii_lowercase();
    Finding::new(Code::BadDirective, format!("`{key}` {problem}")).label(span, "")
}

fn unknown(directive: &Directive<'_>) -> Finding {
    let key = directive.key;
    let finding = Finding::new(
        Code::UnknownDirective,
        format!("there is no directive `{key}`"),
    )
    .label(directive.key_span, "not known");
    let spellings = KEYS.iter().map(|&(spelling, _)| spelling);
    match closest(&key.to_ascii_lowercase(), spellings.clone()) {
        Some(close) => finding
            .help(format!("did you mean `{close}`?"))
            .fix(Fix::new(format!("write `{close}`")).replace(directive.key_span, close)),
        None => {
            let list = spellings.collect::<Vec<_>>().join(", ");
            finding.help(format!(
                "the directives are {list}; where it is none, begin the comment with another word than `sqlstitch:`"
            ))
        }
    }
}

/// What to say about a comment that its author may have meant as a directive.
fn looks_like(directive: &Directive<'_>) -> Option<Finding> {
    let known = key(directive);
    let spelled = match known {
        Some(_) => directive.key.to_ascii_lowercase(),
        None => misspelled(directive)?.to_owned(),
    };
    // pg_dump writes `-- Name: t; Type: TABLE; …` before every statement.
    let dump = known == Some(Key::Name) && directive.value.contains("; Type: ");
    let said = match known {
        Some(Key::Requires) => directive.colon || is_reference(directive.value),
        Some(_) => directive.colon,
        None => true,
    };
    if dump || !said || directive.value.is_empty() && known.is_none() {
        return None;
    }
    let value = if directive.value.is_empty() {
        "…"
    } else {
        directive.value
    };
    let finding = Finding::new(
        Code::LooksLikeDirective,
        format!(
            "this comment looks like {} `{spelled}` directive, but has no effect",
            if spelled.starts_with(['a', 'i']) {
                "an"
            } else {
                "a"
            }
        ),
    )
    .label(directive.span, "read as an ordinary comment");
    Some(match known {
        Some(key) if items(directive).is_empty() => finding
            .note("nothing stands after the colon on this line, and a value does not go over several lines")
            .help(format!(
                "write all of the value behind it, `{}`, or begin the line with another word",
                example(key)
            )),
        Some(Key::Allow) => {
            let word = directive.value.split_whitespace().next().unwrap_or_default();
            finding
                .note(format!("`allow` starts with the code of a finding, and `{word}` is none"))
                .help("write a code that `sqlstitch rule` lists, or begin the sentence with another word")
        }
        Some(key) if directive.colon => finding
            .note(
                "a value is one line of names between commas; other text after the colon is taken \
                 for prose",
            )
            .help(format!(
                "if it is a directive, write names and nothing else, as in `{}` (`-- @{spelled} {value}` \
                 takes all of it for names); or begin the sentence with another word",
                example(key)
            )),
        _ => {
            let meant = format!("{spelled}: {value}");
            // A name decides what the ledger calls the patch.
            let is_certain = directive.explicit && spelled != "name" && spelled != "formerly";
            finding.help(format!("did you mean `-- {meant}`?")).fix(
                Fix::new(format!("write `{meant}`"))
                    .certain(is_certain)
                    .replace(directive.span, meant),
            )
        }
    })
}

/// The key that a directive's key is a slip of, where the rest of the line is a directive's.
fn misspelled(directive: &Directive<'_>) -> Option<&'static str> {
    let one_value = directive.colon && is_reference(directive.value);
    if !(directive.explicit || one_value) {
        return None;
    }
    let written = directive.key.to_ascii_lowercase();
    // Short keys are too close to ordinary words: `users:`, `phases:`, `named:`.
    let long = KEYS.iter().filter(|(spelling, _)| spelling.len() >= 7);
    closest(&written, long.map(|&(spelling, _)| spelling))
}

/// The spelling that is at most two slips away, if there is one.
pub(super) fn closest<'s>(
    written: &str,
    spellings: impl Iterator<Item = &'s str>,
) -> Option<&'s str> {
    spellings
        .map(|spelling| (strsim::damerau_levenshtein(written, spelling), spelling))
        .filter(|&(slips, spelling)| slips <= 2 && slips < spelling.len())
        .min_by_key(|&(slips, _)| slips)
        .map(|(_, spelling)| spelling)
}
