//! Rows that one side inserts, of which the other side changes what is filled in: a default, a rule
//! against NULL, a trigger.

use super::super::catalog::{EventKind, IdentityId};
use super::columns::{Altered, Aspect};
use super::rows::{Inserted, Tables};
use super::{Both, Clash, Deed};
use crate::finding::Severity;
use crate::read::fact::{Kind, Part};

pub(super) fn clashes(both: &Both<'_>, altered: &[Altered; 2], rows: &[Tables; 2]) -> Vec<Clash> {
    let mut clashes = Vec::new();
    for side in [0, 1] {
        let inserted = |table: IdentityId| rows[1 - side].get(&table).into_iter().flatten();
        let mut add = |object: IdentityId, deed: Deed, inserted: &Inserted, is_null: bool| {
            let verb = match both.catalog.get(object).kind {
                Kind::Trigger => "writes rows under",
                _ => "writes rows without",
            };
            let mut deeds = [
                deed,
                Deed {
                    verb,
                    ..inserted.deed
                },
            ];
            if side == 1 {
                deeds.reverse();
            }
            clashes.push(Clash {
                severity: match is_null {
                    true => Severity::Warning,
                    false => Severity::Note,
                },
                object: both.catalog.get(object).label().into(),
                deeds,
                why: match is_null {
                    true => "rows without a value for the column are not allowed beside that rule",
                    false => "what is filled into the rows depends on the order",
                },
                help: match side {
                    0 => {
                        "give the rows in `{head}` a value for the column, and write at its top: `-- requires: {base}`"
                    }
                    _ => "fill the column in `{head}` for the rows of `{base}` too, and write at its top: `-- requires: {base}`",
                },
            });
        };
        for (&(column, aspect), (deed, words)) in &altered[side] {
            let identity = both.catalog.get(column);
            let (Part::Member(name), Some(table)) = (&identity.key.part, identity.owner) else {
                continue;
            };
            let is_null = aspect == Aspect::Null;
            if aspect == Aspect::Rest || (is_null && words.first().is_none_or(|it| it != "not")) {
                continue;
            }
            // What has a default is filled in.
            if is_null && has_default(both, column) {
                continue;
            }
            let lacks = |it: &&Inserted| !it.columns.contains(name);
            if let Some(inserted) = inserted(table).find(lacks) {
                add(column, *deed, inserted, is_null);
            }
        }
        for (trigger, identity) in both.catalog.iter() {
            let (Kind::Trigger, Some(table)) = (identity.kind, identity.owner) else {
                continue;
            };
            let made = identity.events.iter().find(|event| {
                matches!(event.kind, EventKind::Birth { .. })
                    && both.side(event.patch, event.at.0) == Some(side)
            });
            if let (Some(made), Some(inserted)) = (made, inserted(table).next()) {
                let deed = Deed {
                    patch: made.patch,
                    span: made.span,
                    verb: "makes",
                };
                add(trigger, deed, inserted, false);
            }
        }
    }
    clashes
}

/// Whether any statement that names the column gives it a default.
fn has_default(both: &Both<'_>, column: IdentityId) -> bool {
    const FILLED: [&str; 6] = [
        "default",
        "serial",
        "bigserial",
        "generated",
        "identity",
        "auto_increment",
    ];
    both.catalog.get(column).events.iter().any(|event| {
        let patch = &both.patches[event.patch.0 as usize];
        let Some(statement) = patch.statements.get(event.at.0 as usize) else {
            return false;
        };
        let (from, to) = (event.span.start, statement.body.end);
        let text = both.sources.slice(crate::source::Span::new(
            event.span.source,
            from,
            to.max(from),
        ));
        // As far as the next column, or the end of the action.
        let text = text.split(',').next().unwrap_or_default();
        let words = text.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
        words
            .into_iter()
            .any(|word| FILLED.iter().any(|it| it.eq_ignore_ascii_case(word)))
    })
}
