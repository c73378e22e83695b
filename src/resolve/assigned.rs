//! Casts that the engine makes without being asked: `CREATE CAST … AS ASSIGNMENT` is used by whatever
//! writes a column of its target type, although no word there names the cast. Whether a value needs it is
//! a matter of types, so the need is late.
//! <https://www.postgresql.org/docs/current/sql-createcast.html>

use std::collections::BTreeMap;

use super::PatchId;
use super::catalog::{Catalog, Event, EventKind, IdentityId};
use super::value::{Columns, columns};
use crate::read::Patch;
use crate::read::fact::{Action, Kind, Namespace};
use crate::source::Sources;

/// Adds the needs of the casts to the patches that write columns of their types.
pub(super) fn add_needs(catalog: &mut Catalog<'_>, patches: &[Patch], sources: &Sources) {
    let casts = casts(catalog, patches, sources);
    if casts.is_empty() {
        return;
    }
    let columns = columns(catalog, patches, sources, |owner| {
        casts.contains_key(&owner)
    });
    let mut needs = Vec::new();
    for (number, patch) in patches.iter().enumerate() {
        let id = PatchId(number as u32);
        for statement in &patch.facts {
            for fact in &statement.facts {
                if !matches!(fact.action, Action::Write) || fact.in_body_of.is_some() {
                    continue;
                }
                let path = statement.path_of(fact);
                for bound in catalog.lookup(id, path, &fact.object) {
                    for cast in casts_into(catalog, &casts, &columns, bound.identity) {
                        let event = Event {
                            patch: id,
                            at: (statement.statement as u32, u32::MAX),
                            kind: EventKind::Need,
                            late: true,
                            span: fact.span,
                            implied: true,
                        };
                        needs.push((cast, event));
                    }
                }
            }
        }
    }
    catalog.add_needs(needs);
}

/// The casts by the types that patches make and the casts lead to.
fn casts(
    catalog: &Catalog<'_>,
    patches: &[Patch],
    sources: &Sources,
) -> BTreeMap<IdentityId, Vec<IdentityId>> {
    let mut casts: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (id, identity) in catalog.iter() {
        if identity.kind != Kind::Cast {
            continue;
        }
        for event in &identity.events {
            let patch = &patches[event.patch.0 as usize];
            let birth = matches!(event.kind, EventKind::Birth { .. });
            let statement = patch
                .facts
                .iter()
                .find(|statement| statement.statement == event.at.0 as usize);
            let Some(statement) = statement.filter(|_| birth) else {
                continue;
            };
            let text = sources.slice(patch.statements[statement.statement].body);
            let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
            let by_itself = words.any(|word| {
                ["assignment", "implicit"]
                    .iter()
                    .any(|wanted| word.eq_ignore_ascii_case(wanted))
            });
            if !by_itself {
                continue;
            }
            let path = statement.search_path.as_deref();
            let types = statement.facts.iter().filter(|fact| {
                fact.action == Action::Use && fact.object.kind.namespace() == Namespace::Type
            });
            // The signature of the function follows the types of the cast.
            for named in types {
                for bound in catalog.lookup(event.patch, path, &named.object) {
                    let of_type = casts.entry(bound.identity).or_default();
                    if !of_type.contains(&id) {
                        of_type.push(id);
                    }
                }
            }
        }
    }
    casts
}

/// The casts into the type of a column, or of any column of a table.
fn casts_into(
    catalog: &Catalog<'_>,
    casts: &BTreeMap<IdentityId, Vec<IdentityId>>,
    columns: &Columns,
    written: IdentityId,
) -> Vec<IdentityId> {
    let is_it =
        |column: &IdentityId| *column == written || catalog.get(*column).owner == Some(written);
    let of_type = columns
        .iter()
        .filter(|(_, columns)| columns.iter().any(is_it));
    let casts = of_type.filter_map(|(owner, _)| casts.get(owner));
    casts.flatten().copied().collect()
}
