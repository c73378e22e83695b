//! What a domain cannot be given any more once a table has it inside an array, a composite or a range: a
//! constraint, a check of one, NOT NULL. So the tables come after that, unless they are known to be older.
//! <https://www.postgresql.org/docs/current/sql-alterdomain.html>

use std::collections::{BTreeMap, BTreeSet};

use super::catalog::{Catalog, IdentityId};
use super::edges::Edges;
use super::{PatchId, Reason, Rule, Strength};
use crate::read::Patch;
use crate::read::acts::Acts;
use crate::read::fact::{Action, Fact, Kind, Namespace, Reader};
use crate::source::{Sources, Span};

type Places = BTreeMap<IdentityId, Vec<(PatchId, Span)>>;

/// Adds the edges from what tightens a domain to the tables that hold it inside something.
pub(super) fn add_edges(
    patches: &[Patch],
    sources: &Sources,
    catalog: &Catalog<'_>,
    edges: &mut Edges,
) {
    let tightened = tightened(patches, catalog);
    for (&domain, changes) in &tightened {
        for (table, at) in holders(patches, sources, catalog, domain) {
            for &(change, change_at) in changes {
                let known = edges.reaches(table, change) || edges.is_older(table, change);
                if table == change || known {
                    continue;
                }
                let reason = Reason {
                    rule: Rule::ChangeDepend,
                    strength: Strength::Hard,
                    object: catalog.get(domain).label(),
                    earlier: change_at,
                    later: at,
                };
                edges.add(change, table, reason);
            }
        }
    }
}

/// Where patches tighten domains that others make.
fn tightened(patches: &[Patch], catalog: &Catalog<'_>) -> Places {
    let mut tightened = Places::new();
    let numbered = patches.iter().enumerate();
    for (number, patch) in numbered.filter(|(_, patch)| patch.acts.has(Acts::TIGHTEN)) {
        let id = PatchId(number as u32);
        for statement in &patch.facts {
            let path = statement.search_path.as_deref();
            let tightens =
                |fact: &&Fact| fact.action == Action::Tighten && fact.object.kind == Kind::Domain;
            for fact in statement.facts.iter().filter(tightens) {
                for bound in catalog.lookup(id, path, &fact.object) {
                    let places = tightened.entry(bound.identity).or_default();
                    places.push((id, fact.span));
                }
            }
        }
    }
    tightened
}

/// The patches that give a table a column which holds the domain inside something.
fn holders(
    patches: &[Patch],
    sources: &Sources,
    catalog: &Catalog<'_>,
    domain: IdentityId,
) -> Vec<(PatchId, Span)> {
    let mut plain = BTreeSet::from([domain]);
    let mut containers = BTreeSet::new();
    let mut holders = Vec::new();
    let mut known = 0;
    while known < plain.len() + containers.len() {
        known = plain.len() + containers.len();
        holders.clear();
        for (number, patch) in patches.iter().enumerate() {
            let id = PatchId(number as u32);
            for statement in &patch.facts {
                let path = statement.search_path.as_deref();
                let made = statement.facts.iter().find(|fact| {
                    matches!(fact.action, Action::Define { .. }) && fact.reader != Reader::Implied
                });
                let used = statement.facts.iter().filter(|fact| {
                    fact.action == Action::Use && fact.object.kind.namespace() == Namespace::Type
                });
                for fact in used {
                    let means = |set: &BTreeSet<IdentityId>| {
                        let bound = catalog.lookup(id, path, &fact.object);
                        bound.iter().any(|bound| set.contains(&bound.identity))
                    };
                    let inside = means(&containers) || (means(&plain) && is_array(sources, fact));
                    match made.map(|made| made.object.kind) {
                        Some(Kind::Table | Kind::Column) if inside => {
                            holders.push((id, fact.span));
                        }
                        Some(kind @ (Kind::Type | Kind::Domain)) if inside || means(&plain) => {
                            let object = made.map(|made| &made.object);
                            let bound = object.map(|object| catalog.lookup(id, path, object));
                            let ids = bound.into_iter().flatten().map(|bound| bound.identity);
                            if kind == Kind::Domain && !inside {
                                plain.extend(ids);
                            } else {
                                containers.extend(ids);
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    holders
}

/// Whether the type's name is followed by what makes it an array.
fn is_array(sources: &Sources, fact: &Fact) -> bool {
    let text = &sources.get(fact.span.source).text;
    let rest = text.get(fact.span.end as usize..).unwrap_or_default();
    let rest = rest.trim_start_matches('"').trim_start();
    let word = rest.get(..5).unwrap_or_default();
    rest.starts_with('[') || word.eq_ignore_ascii_case("array")
}
