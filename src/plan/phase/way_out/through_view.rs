//! Writing through a view where the engine does not do so by itself: its triggers name every column.

use super::super::types;
use super::{Patches, Rename};
use crate::name::Ident;
use crate::source::Span;

/// What the template needs of the columns.
pub(super) fn values(
    patches: &Patches<'_>,
    rename: &Rename<'_>,
) -> Result<Vec<(&'static str, String)>, &'static str> {
    let unknown = "the patches do not tell all of its columns";
    let columns = rename.broken.columns.as_deref().ok_or(unknown)?;
    if columns.is_empty() {
        return Err(unknown);
    }
    let names = rename.names;
    let definition = |span: Span| types::raw_definition(patches.sources, patches.dialect, span);
    let word = |(name, span): &(Ident, Span)| {
        let written = patches.sources.slice(*span);
        match patches.dialect.ident(written) == *name {
            // As it was written where it was made.
            true => written.to_owned(),
            false => names.word(name.as_str()),
        }
    };
    let mut written = Vec::new();
    let mut taken = Vec::new();
    let mut key = Vec::new();
    for column in columns {
        let text = definition(column.1).unwrap_or_default();
        let lower = types::normal(&text);
        let own = word(column);
        if lower.contains("primary key") {
            key.push(own.clone());
        }
        // The engine makes its values.
        if lower.contains("generated always") || lower.contains(" as(") {
            continue;
        }
        taken.push(match types::default_of(&text, patches.dialect) {
            Some(default) => format!("coalesce(NEW.{own}, {default})"),
            None => format!("NEW.{own}"),
        });
        written.push(own);
    }
    if key.is_empty() {
        let texts: Vec<String> = rename
            .mentions
            .texts(rename.table, rename.at)
            .filter(|text| super::has_words(text, "create table"))
            .map(types::normal)
            .collect();
        let inside = texts.iter().rev().find_map(|text| {
            let (_, after) = text.split_once("primary key(")?;
            after.split_once(')')
        });
        let (inside, _) = inside.ok_or("no primary key tells its rows apart")?;
        for name in inside.split(',') {
            let name = patches.dialect.ident(name.trim());
            let column = columns.iter().find(|(other, _)| *other == name);
            key.push(word(column.ok_or("no primary key tells its rows apart")?));
        }
    }
    let assignments: Vec<String> = written
        .iter()
        .map(|it| format!("{it} = NEW.{it}"))
        .collect();
    let key: Vec<String> = key.iter().map(|it| format!("{it} IS OLD.{it}")).collect();
    let table = names.written(&rename.table.name);
    let trigger = |end: &str| names.beside(rename.table, &names.joined(&[&table, end]));
    Ok(vec![
        ("columns", written.join(", ")),
        ("values", taken.join(", ")),
        ("assignments", assignments.join(", ")),
        ("key", key.join(" AND ")),
        ("trigger_insert", trigger("insert")),
        ("trigger_update", trigger("update")),
        ("trigger_delete", trigger("delete")),
    ])
}
